//! Two services over one database show one log.

use badge_verifier::tlog::tiles::{CHECKPOINT, bundle_path, tile_path};
use badge_verifier::tlog::{Checkpoint, note::Note};
use serde_json::json;

use crate::cluster::Cluster;
use crate::load::{settings, start, twin};

#[test]
fn what_one_service_signed_a_checkpoint_for_the_other_shows() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "[log]\npublic = true\n");
    let one = start(directory.path());
    let twin = twin(directory.path());
    let two = start(twin.path());
    let badge = one.define("");
    let award = one.award(&badge, "k", &json!({"recipient": {"email": "zoé@exemple.fr"}})).expect(201);
    // A receipt makes the first service sign a checkpoint of the record as it is; the other one was asked for none.
    one.admin("GET", &format!("/api/awards/{}/receipt", award["id"].as_str().unwrap()), None).expect(200);
    let note = one.get(&format!("/log/{CHECKPOINT}")).text();
    let size = Checkpoint::parse(Note::parse(&note).unwrap().text).unwrap().size;
    let width = usize::try_from(size).unwrap();
    for path in [tile_path(0, 0, width), bundle_path(0, width)] {
        let shown = one.get(&format!("/log/{path}"));
        assert_eq!(shown.status, 200, "{path}");
        assert_eq!(two.get(&format!("/log/{path}")).body, shown.body, "{path}");
    }
    assert_eq!(two.get(&format!("/log/{}", tile_path(0, 0, width + 1))).status, 404);
}
