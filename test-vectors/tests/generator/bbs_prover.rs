//! Proofs of BBS with known randomness, made and forged: what the library does not offer, written from the draft once more, for tests only.

use bls12_381_plus::elliptic_curve::hash2curve::{ExpandMsg, Expander};
use bls12_381_plus::{G1Affine, G1Projective, Scalar};
use zkryptium::bbsplus::ciphersuites::{BbsCiphersuite, Bls12381Sha256};
use zkryptium::bbsplus::generators::Generators;
use zkryptium::utils::message::bbsplus_message::BBSplusMessage;
use zkryptium::utils::util::bbsplus_utils::hash_to_scalar;

type Suite = Bls12381Sha256;

/// How long each scalar is before it is reduced.
const EXPAND: usize = 48;

/// What a proof is about.
pub struct Claim<'c> {
    pub key: &'c [u8; 96],
    pub header: &'c [u8],
    pub presentation_header: &'c [u8],
}

/// The draft's `seeded_random_scalars`.
pub fn seeded_scalars(seed: &[u8], dst: &[u8], count: usize) -> Vec<Scalar> {
    let mut octets = vec![0; EXPAND * count];
    <Suite as BbsCiphersuite>::Expander::expand_message(&[seed], &[dst], octets.len())
        .unwrap()
        .fill_bytes(&mut octets);
    octets.chunks(EXPAND).map(|chunk| Scalar::from_okm(chunk.try_into().unwrap())).collect()
}

/// The scalars that the figures of the draft are made with.
pub fn mocked_scalars(count: usize) -> Vec<Scalar> {
    seeded_scalars(Suite::SEED_MOCKED_SCALAR, Suite::MOCKED_SCALAR_DST, count)
}

/// `ProofGen`, with the scalars that it would draw: five, and one for each hidden message.
pub fn prove(
    claim: &Claim<'_>,
    signature: &[u8; 80],
    messages: &[Vec<u8>],
    disclosed: &[usize],
    random: &[Scalar],
) -> Vec<u8> {
    let (a, e) = signature.split_at(48);
    let a = G1Projective::from(G1Affine::from_compressed(a.try_into().unwrap()).unwrap());
    let e = Scalar::from_be_bytes(e.try_into().unwrap()).unwrap();
    let [r1, r2, e_tilde, r1_tilde, r3_tilde] = random[..5].try_into().unwrap();
    let generators = Generators::create::<Suite>(messages.len() + 1, Some(Suite::API_ID));
    let scalars: Vec<Scalar> = messages.iter().map(|message| to_scalar(message)).collect();
    let hidden: Vec<usize> = (0..messages.len()).filter(|index| !disclosed.contains(index)).collect();
    let domain = domain(claim, &generators);
    let all = generators.values[1..].iter().zip(&scalars);
    let b = all.fold(generators.g1_base_point + generators.values[0] * domain, |sum, (h, m)| sum + h * m);
    let d = b * r2;
    let a_bar = a * (r1 * r2);
    let b_bar = d * r1 - a_bar * e;
    let t1 = a_bar * e_tilde + d * r1_tilde;
    let tildes = hidden.iter().zip(&random[5..]);
    let t2 = tildes.clone().fold(d * r3_tilde, |sum, (index, m)| sum + generators.values[index + 1] * m);
    let shown: Vec<(usize, Scalar)> = disclosed.iter().map(|index| (*index, scalars[*index])).collect();
    let challenge = challenge(claim, &[a_bar, b_bar, d, t1, t2], domain, &shown);
    let r3 = r2.invert().unwrap();
    let answers = [e_tilde + e * challenge, r1_tilde - r1 * challenge, r3_tilde - r3 * challenge];
    let messages = tildes.map(|(index, tilde)| tilde + scalars[*index] * challenge);
    octets(&[a_bar, b_bar, d], answers.into_iter().chain(messages), challenge)
}

/// A proof that any messages were signed with any key, by someone who has no signature: Abar and Bbar are the identity, so that the equation of
/// the pairings says nothing, and D is known.
pub fn forge(claim: &Claim<'_>, shown: &[(usize, Vec<u8>)], hidden: usize) -> Vec<u8> {
    let count = shown.len() + hidden;
    let generators = Generators::create::<Suite>(count + 1, Some(Suite::API_ID));
    let domain = domain(claim, &generators);
    let shown: Vec<(usize, Scalar)> =
        shown.iter().map(|(index, message)| (*index, to_scalar(message))).collect();
    let d = shown.iter().fold(generators.g1_base_point + generators.values[0] * domain, |sum, (index, m)| {
        sum + generators.values[index + 1] * m
    });
    let random = mocked_scalars(3 + hidden);
    let places = (0..count).filter(|index| !shown.iter().any(|(other, _)| other == index));
    let t1 = d * random[1];
    let t2 = places
        .zip(&random[3..])
        .fold(d * random[2], |sum, (index, m)| sum + generators.values[index + 1] * m);
    let identity = G1Projective::IDENTITY;
    let challenge = challenge(claim, &[identity, identity, d, t1, t2], domain, &shown);
    let answers = [random[0], random[1], random[2] - challenge];
    octets(&[identity, identity, d], answers.into_iter().chain(random[3..].iter().copied()), challenge)
}

fn to_scalar(message: &[u8]) -> Scalar {
    BBSplusMessage::map_message_to_scalar_as_hash::<Suite>(message, Suite::API_ID).unwrap().value
}

fn to_octets(point: &G1Projective) -> [u8; 48] {
    G1Affine::from(point).to_compressed()
}

fn domain(claim: &Claim<'_>, generators: &Generators) -> Scalar {
    let mut input = claim.key.to_vec();
    input.extend((generators.values.len() as u64 - 1).to_be_bytes());
    for point in &generators.values {
        input.extend(to_octets(point));
    }
    input.extend(Suite::API_ID);
    input.extend((claim.header.len() as u64).to_be_bytes());
    input.extend(claim.header);
    hash(&input)
}

fn challenge(
    claim: &Claim<'_>,
    points: &[G1Projective; 5],
    domain: Scalar,
    shown: &[(usize, Scalar)],
) -> Scalar {
    let mut input = (shown.len() as u64).to_be_bytes().to_vec();
    for (index, message) in shown {
        input.extend((*index as u64).to_be_bytes());
        input.extend(message.to_be_bytes());
    }
    for point in points {
        input.extend(to_octets(point));
    }
    input.extend(domain.to_be_bytes());
    input.extend((claim.presentation_header.len() as u64).to_be_bytes());
    input.extend(claim.presentation_header);
    hash(&input)
}

fn hash(input: &[u8]) -> Scalar {
    hash_to_scalar::<Suite>(input, &[Suite::API_ID, Suite::H2S].concat()).unwrap()
}

fn octets(points: &[G1Projective; 3], answers: impl Iterator<Item = Scalar>, challenge: Scalar) -> Vec<u8> {
    let mut proof: Vec<u8> = points.iter().flat_map(to_octets).collect();
    answers.chain([challenge]).for_each(|scalar| proof.extend(scalar.to_be_bytes()));
    proof
}
