//! What a service and its signer say to each other over a Unix socket.
//!
//! A frame is its length (four bytes, the highest first), one byte that says what it is, and the rest:
//!
//! ```text
//! K                               → k and the history of keys, JSON
//! S name-length name message      → s and the signature
//!                                 → e and a word, where it is refused
//! ```
//!
//! One question at a time on a connection, in order. Nothing secret is ever in a frame.

use std::io::{self, Read, Write};

/// Largest message that is signed, in bytes: the signing input of a JWT over the largest document (1 MiB) with its disclosures hashed.
pub(super) const MAX_MESSAGE: usize = 2 * 1024 * 1024;

/// Largest frame, in bytes: the message, a name and their lengths; a history of 1,000 keys is smaller.
const MAX_FRAME: usize = MAX_MESSAGE + 512;

/// A question of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Which keys there are.
    Keys,
    /// Sign this.
    Sign {
        /// The name of the key.
        key: String,
        /// What to sign.
        message: Vec<u8>,
    },
}

/// An answer of the signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The history of keys, as it stands in its file.
    Keys(Vec<u8>),
    /// The signature.
    Signature(Vec<u8>),
    /// It does not sign this.
    Refused(Refused),
}

/// Why the signer does not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The question has not the form of one.
    Malformed,
    /// It has no active key of this name.
    NoSuchKey,
    /// The message is nothing that an issuer of badges signs with this key.
    Shape,
    /// Too much was asked for in too short a time.
    Rate,
    /// The key could not be used.
    Failed,
}

impl Refused {
    const ALL: [Self; 5] = [Self::Malformed, Self::NoSuchKey, Self::Shape, Self::Rate, Self::Failed];

    /// The word on the wire and in the log.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NoSuchKey => "no-such-key",
            Self::Shape => "shape",
            Self::Rate => "rate",
            Self::Failed => "failed",
        }
    }
}

impl Question {
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Keys => frame(to, b'K', &[]),
            Self::Sign { key, message } => {
                let length = u8::try_from(key.len()).map_err(|_| invalid())?;
                frame(to, b'S', &[&[length], key.as_bytes(), message])
            }
        }
    }

    /// Reads a question; nothing where the other side has closed the connection, an error in it where it is no question.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Result<Self, Refused>>> {
        let Some((kind, body)) = read_frame(from)? else { return Ok(None) };
        Ok(Some(match kind {
            b'K' if body.is_empty() => Ok(Self::Keys),
            b'S' => Self::sign(&body).ok_or(Refused::Malformed),
            _ => Err(Refused::Malformed),
        }))
    }

    fn sign(body: &[u8]) -> Option<Self> {
        let (length, rest) = body.split_first()?;
        let (key, message) = rest.split_at_checked(usize::from(*length))?;
        Some(Self::Sign { key: String::from_utf8(key.to_vec()).ok()?, message: message.to_vec() })
    }
}

impl Answer {
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Keys(history) => frame(to, b'k', &[history]),
            Self::Signature(signature) => frame(to, b's', &[signature]),
            Self::Refused(refused) => frame(to, b'e', &[refused.as_str().as_bytes()]),
        }
    }

    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let (kind, body) = read_frame(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        match kind {
            b'k' => Ok(Self::Keys(body)),
            b's' => Ok(Self::Signature(body)),
            b'e' => {
                let refused = Refused::ALL.into_iter().find(|word| word.as_str().as_bytes() == body);
                refused.map(Self::Refused).ok_or_else(invalid)
            }
            _ => Err(invalid()),
        }
    }
}

fn frame(to: &mut impl Write, kind: u8, parts: &[&[u8]]) -> io::Result<()> {
    let length = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
    if length > MAX_FRAME {
        return Err(invalid());
    }
    let length = u32::try_from(length).map_err(|_| invalid())?;
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.push(kind);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    to.write_all(&bytes)?;
    to.flush()
}

fn read_frame(from: &mut impl Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut head = [0; 4];
    let mut filled = 0;
    while filled < head.len() {
        match from.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = usize::try_from(u32::from_be_bytes(head)).map_err(|_| invalid())?;
    if !(1..=MAX_FRAME).contains(&length) {
        return Err(invalid());
    }
    // What is announced is not held before it is there.
    let mut bytes = Vec::new();
    let announced = u64::try_from(length).map_err(|_| invalid())?;
    from.by_ref().take(announced).read_to_end(&mut bytes)?;
    if bytes.len() != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((bytes.remove(0), bytes)))
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for question in
            [Question::Keys, Question::Sign { key: "ed25519.pem".into(), message: vec![0, 255, 10] }]
        {
            let mut bytes = Vec::new();
            question.write(&mut bytes).unwrap();
            assert_eq!(Question::read(&mut bytes.as_slice()).unwrap(), Some(Ok(question)));
        }
        let refusals = Refused::ALL.into_iter().map(Answer::Refused);
        for answer in [Answer::Keys(vec![b'{']), Answer::Signature(vec![7; 64])].into_iter().chain(refusals) {
            let mut bytes = Vec::new();
            answer.write(&mut bytes).unwrap();
            assert_eq!(Answer::read(&mut bytes.as_slice()).unwrap(), answer);
        }
    }

    #[test]
    fn what_is_no_frame_is_refused_before_it_is_held() {
        assert_eq!(Question::read(&mut &b""[..]).unwrap(), None);
        for bytes in
            [&b"\0"[..], b"\0\0\0\0", b"\xff\xff\xff\xffK", b"\0\0\0\x02K", b"GET / HTTP/1.1\r\n\r\n"]
        {
            assert!(Question::read(&mut &*bytes).is_err(), "{bytes:?}");
        }
        for bytes in [
            &b"\0\0\0\x02KK"[..],
            b"\0\0\0\x01S",
            b"\0\0\0\x03S\x05k",
            b"\0\0\0\x03S\x01\xff",
            b"\0\0\0\x01?",
        ] {
            assert_eq!(Question::read(&mut &*bytes).unwrap(), Some(Err(Refused::Malformed)), "{bytes:?}");
        }
        let large = Question::Sign { key: "k".into(), message: vec![0; MAX_FRAME] };
        assert!(large.write(&mut Vec::new()).is_err());
    }
}
