"""What schemathesis must not do in a run, and what it cannot know."""

import os

import schemathesis

OWN = set(os.environ.get("OWN_TOKENS", "").split())


@schemathesis.hook
def before_call(context, case, kwargs):
    """Does not let it revoke the token that it comes with: all later answers would be 401."""
    if case.method == "DELETE" and OWN & {str(value) for value in (case.path_parameters or {}).values()}:
        case.path_parameters["id"] = "another"


@schemathesis.hook
def filter_case(context, case):
    """A table or lines are text: there is no such thing as a body of them that is of another type."""
    return case.media_type in (None, "application/json") or isinstance(case.body, (str, bytes))
