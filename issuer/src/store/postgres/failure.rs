//! What the database's errors mean for whoever asked ([PostgreSQL, appendix A](https://www.postgresql.org/docs/current/errcodes-appendix.html)).

use std::error::Error as _;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::super::error::StoreError;

/// Why a conversation with the database came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// The connection is gone, or leads to a server that does not take writes (any more): another connection may do better.
    Lost(String),
    /// The engine undid the transaction because of another; the same transaction may succeed now.
    Again(String),
    /// An answer: asking again would give the same.
    Final(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Some(answer) = error.as_db_error() else {
            let cause = error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            // The rest is a row of another shape than the program expects.
            let wire = error.is_closed()
                || error.source().is_none()
                || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
            return if wire {
                Self::Lost(cause)
            } else {
                Self::Final(StoreError::Database { detail: cause })
            };
        };
        // The message alone: the detail of an error may hold values.
        let code = answer.code();
        let said = format!("{} ({})", answer.message(), code.code());
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Again(said),
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::READ_ONLY_SQL_TRANSACTION
            | SqlState::TOO_MANY_CONNECTIONS
            | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            | SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN => Self::Lost(said),
            SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE | SqlState::OUT_OF_MEMORY => {
                Self::Final(StoreError::Unavailable { detail: said })
            }
            SqlState::DISK_FULL => Self::Final(StoreError::DiskFull { file: "database".into() }),
            _ if code.code().starts_with("08") => Self::Lost(said),
            _ => Self::Final(StoreError::Database { detail: said }),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error)
            | PoolError::PostCreateHook(deadpool_postgres::HookError::Backend(error)) => error.into(),
            PoolError::Timeout(_) => Self::Lost("no connection in time".to_owned()),
            error => Self::Lost(error.to_string()),
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(detail) | Failure::Again(detail) => Self::Unavailable { detail },
            Failure::Final(error) => error,
        }
    }
}
