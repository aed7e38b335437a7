// Peer of the interoperability matrix: issues and verifies with @digitalbazaar/vc, eddsa-rdfc-2022, did:key; or, with
// `--scope @digitalcredentials`, with the library of the Digital Credentials Consortium, which grew out of it and has its interface.
//
//   node digitalbazaar.mjs issue --contexts DIR --draft FILE --recipient DID --out FILE
//                                [--claim-issuer DID] [--more-context URL]
//   node digitalbazaar.mjs endorse --contexts DIR --recipient DID --out FILE [--claim-issuer DID]
//   node digitalbazaar.mjs verify --contexts DIR --issuer DID FILE
//   node digitalbazaar.mjs present --contexts DIR --badge FILE --key FILE --challenge TEXT --domain TEXT --out FILE
//   node digitalbazaar.mjs verify-presentation --contexts DIR --challenge TEXT --domain TEXT FILE
//
// `--key FILE`: the holder's key; made and written there where the file does not exist. `holder --key FILE` prints its DID.
// One JSON object on stdout. Exit code 0: done or verified; 1: refused; 2: could not run.

import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {Socket} from 'node:net';
import {join} from 'node:path';
import {randomUUID} from 'node:crypto';
import {parseArgs} from 'node:util';

const given = process.argv.indexOf('--scope');
const scope = given < 0 ? '@digitalbazaar' : process.argv[given + 1];
const {DataIntegrityProof} = await import(`${scope}/data-integrity`);
const Ed25519Multikey = await import(`${scope}/ed25519-multikey`);
const {cryptosuite} = await import(`${scope}/eddsa-rdfc-2022-cryptosuite`);
const vc = await import(`${scope}/vc`);

// Contexts come from our files and keys from their did:key: whatever tries to connect is a fault of this program.
Socket.prototype.connect = () => {
  throw new Error('this peer has no network');
};

const VC_2 = 'https://www.w3.org/ns/credentials/v2';
const OPEN_BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const CONTEXT_FILES = new Map([
  [VC_2, 'credentials-v2.json'],
  [OPEN_BADGES, 'open-badges-3.0.3.json'],
  ['https://purl.imsglobal.org/spec/ob/v3p0/extensions.json', 'open-badges-extensions.json'],
  // What an evaluation says beyond an endorsement: published, and like any context fetched or carried by whoever processes JSON-LD.
  ['https://w3id.org/skills-badge/evaluation/v1', 'evaluation-v1.json'],
  ['https://w3id.org/security/data-integrity/v2', 'data-integrity-v2.json'],
  ['https://w3id.org/security/multikey/v1', 'multikey-v1.json'],
  ['https://www.w3.org/ns/did/v1', 'did-v1.json']
]);

// What a did:key URL stands for: the DID document, or with a fragment the one key in it.
async function expandDidKey(url) {
  const [did, fragment] = url.split('#');
  const multibase = did.slice('did:key:'.length);
  if(fragment !== undefined && fragment !== multibase) {
    throw new Error(`${url} names no key of ${did}`);
  }
  const key = await Ed25519Multikey.from({
    type: 'Multikey', id: `${did}#${multibase}`, controller: did, publicKeyMultibase: multibase
  });
  const method = await key.export({publicKey: true, includeContext: true});
  if(fragment !== undefined) {
    return method;
  }
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id]
  };
}

function loaderOver(directory) {
  return async url => {
    let document;
    if(url.startsWith('did:key:')) {
      document = await expandDidKey(url);
    } else if(CONTEXT_FILES.has(url)) {
      document = JSON.parse(readFileSync(join(directory, CONTEXT_FILES.get(url)), 'utf8'));
    } else {
      throw new Error(`${url} is not among the contexts of this peer`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

// A key whose controller is its own did:key.
async function makeKey() {
  const key = await Ed25519Multikey.generate();
  const {publicKeyMultibase} = await key.export({publicKey: true});
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  return key;
}

async function keyIn(file) {
  if(existsSync(file)) {
    return Ed25519Multikey.from(JSON.parse(readFileSync(file, 'utf8')));
  }
  const key = await makeKey();
  writeFileSync(file, JSON.stringify(await key.export({publicKey: true, secretKey: true})));
  return key;
}

async function issue({contexts, draft, recipient, out, 'claim-issuer': claimed, 'more-context': more}) {
  const key = await makeKey();
  const did = key.controller;
  const {achievement, evidence, result, narrative} = JSON.parse(readFileSync(draft, 'utf8'));
  const issuer = claimed ?? did;
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const credential = {
    '@context': [VC_2, OPEN_BADGES, ...more ? [more] : []],
    id: `urn:uuid:${randomUUID()}`,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: achievement.name,
    issuer: {id: issuer, type: ['Profile'], name: 'Pair en JavaScript'},
    validFrom: now,
    awardedDate: now,
    credentialSubject: {
      id: recipient,
      type: ['AchievementSubject'],
      achievement: {id: `urn:uuid:${randomUUID()}`, type: ['Achievement'], ...achievement},
      narrative,
      result
    },
    evidence
  };
  await sign(credential, key, contexts, out);
  return {issuer, signer: did};
}

// A plain endorsement of the person, as Open Badges 3.0 has it.
async function endorse({contexts, recipient, out, 'claim-issuer': claimed}) {
  const key = await makeKey();
  const issuer = claimed ?? key.controller;
  const credential = {
    '@context': [VC_2, OPEN_BADGES],
    id: `urn:uuid:${randomUUID()}`,
    type: ['VerifiableCredential', 'EndorsementCredential'],
    name: 'Évaluation par une pair',
    issuer: {id: issuer, type: ['Profile'], name: 'Pair en JavaScript'},
    validFrom: new Date().toISOString().replace(/\.\d+/, ''),
    credentialSubject: {id: recipient, type: ['EndorsementSubject'], endorsementComment: 'Cordons réguliers.'}
  };
  await sign(credential, key, contexts, out);
  return {issuer, signer: key.controller};
}

async function sign(credential, key, contexts, out) {
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
  const signed = await vc.issue({credential, suite, documentLoader: loaderOver(contexts)});
  writeFileSync(out, JSON.stringify(signed, null, 2));
}

async function verify({contexts, issuer}, file) {
  const credential = JSON.parse(readFileSync(file, 'utf8'));
  const result = await vc.verifyCredential({
    credential,
    suite: new DataIntegrityProof({cryptosuite}),
    documentLoader: loaderOver(contexts)
  });
  const by = credential.issuer.id ?? credential.issuer;
  if(result.verified && by !== issuer) {
    return {verified: false, reason: `issued by ${by}`};
  }
  return {verified: result.verified, reason: result.verified ? undefined : reasons(result).join('; ')};
}

async function present({contexts, badge, key: file, challenge, domain, out}) {
  const key = await keyIn(file);
  const presentation = vc.createPresentation({
    verifiableCredential: [JSON.parse(readFileSync(badge, 'utf8'))],
    id: `urn:uuid:${randomUUID()}`,
    holder: key.controller
  });
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
  const signed = await vc.signPresentation({presentation, suite, challenge, domain, documentLoader: loaderOver(contexts)});
  writeFileSync(out, JSON.stringify(signed, null, 2));
  return {holder: key.controller};
}

async function verifyPresentation({contexts, challenge, domain}, file) {
  const result = await vc.verify({
    presentation: JSON.parse(readFileSync(file, 'utf8')),
    challenge, domain,
    suite: new DataIntegrityProof({cryptosuite}),
    documentLoader: loaderOver(contexts)
  });
  return {verified: result.verified, reason: result.verified ? undefined : reasons(result).join('; ')};
}

// Every error in a result, however deep it lies.
function reasons(result) {
  const found = [];
  const look = value => {
    if(value instanceof Error && !value.errors) {
      found.push(`${value.name}: ${value.message}`);
    }
    const inner = [value?.error, ...value?.errors ?? [], ...value?.results ?? [],
      value?.presentationResult, ...value?.credentialResults ?? []];
    inner.filter(each => each && typeof each === 'object').forEach(look);
  };
  look(result);
  return [...new Set(found)];
}

try {
  const text = {type: 'string'};
  const {values, positionals: [verb, file]} = parseArgs({
    allowPositionals: true,
    options: {
      contexts: text, draft: text, recipient: text, out: text, issuer: text, 'claim-issuer': text, 'more-context': text,
      badge: text, key: text, challenge: text, domain: text, scope: text
    }
  });
  let answer;
  if(verb === 'issue') {
    answer = await issue(values);
  } else if(verb === 'endorse') {
    answer = await endorse(values);
  } else if(verb === 'verify') {
    answer = await verify(values, file);
  } else if(verb === 'holder') {
    answer = {holder: (await keyIn(values.key)).controller};
  } else if(verb === 'present') {
    answer = await present(values);
  } else if(verb === 'verify-presentation') {
    answer = await verifyPresentation(values, file);
  } else {
    throw new Error(`unknown verb ${verb}`);
  }
  console.log(JSON.stringify(answer));
  process.exitCode = answer.verified === false ? 1 : 0;
} catch(error) {
  console.error(error);
  process.exitCode = 2;
}
