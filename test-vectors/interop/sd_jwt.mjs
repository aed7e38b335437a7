// Peer of the interoperability of SD-JWTs: issues, presents and verifies with @sd-jwt/sd-jwt-vc, ES256.
//
//   node sd_jwt.mjs < REQUEST
//
// One JSON object on stdin, with `verb`:
//   issue    iss, kid, key (private JWK), claims, frame (SD-JWT disclosure frame), holder (public JWK)  → {sdJwt}
//   present  sdJwt, frame (presentation frame), key (private JWK of the holder), audience, nonce         → {sdJwt}
//   verify   sdJwt, key (public JWK of the issuer), holder (public JWK), nonce, audience                 → {claims, kb}
// One JSON object on stdout. Exit code 0: done or verified; 1: refused; 2: could not run.

import {createPublicKey, verify as verifySignature} from 'node:crypto';
import {Socket} from 'node:net';
import {readFileSync} from 'node:fs';
import {ES256, digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';

// Keys come with the request: whatever tries to connect is a fault of this program.
Socket.prototype.connect = () => {
  throw new Error('this peer has no network');
};

const request = JSON.parse(readFileSync(0, 'utf8'));
const options = {hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt};

async function issue({iss, kid, key, claims, frame, holder}) {
  const instance = new SDJwtVcInstance({...options, signer: await ES256.getSigner(key), signAlg: 'ES256'});
  const payload = {...claims, iss, ...(holder ? {cnf: {jwk: holder}} : {})};
  return {sdJwt: await instance.issue(payload, frame, {header: {kid}})};
}

async function present({sdJwt, frame, key, audience, nonce}) {
  const instance = new SDJwtVcInstance({...options, kbSigner: await ES256.getSigner(key), kbSignAlg: 'ES256'});
  const kb = {payload: {iat: Math.floor(Date.now() / 1000), aud: audience, nonce}};
  return {sdJwt: await instance.present(sdJwt, frame, {kb})};
}

// The library leaves signatures to its caller; its own helper knows ES256 only, and our holders have Ed25519 keys.
function verifierOf(jwk) {
  const key = createPublicKey({key: jwk, format: 'jwk'});
  const [hash, options] = jwk.kty === 'OKP' ? [null, key] : ['sha256', {key, dsaEncoding: 'ieee-p1363'}];
  return (data, signature) => verifySignature(hash, Buffer.from(data), options, Buffer.from(signature, 'base64url'));
}

async function verify({sdJwt, key, holder, nonce, audience}) {
  const kbVerifier = holder && verifierOf(holder);
  const instance = new SDJwtVcInstance({...options, verifier: verifierOf(key), kbVerifier});
  const verified = await instance.verify(sdJwt, nonce ? {keyBindingNonce: nonce} : {});
  if(nonce && verified.kb?.payload.aud !== audience) {
    throw new Error('another audience');
  }
  return {claims: verified.payload};
}

try {
  const verbs = {issue, present, verify};
  console.log(JSON.stringify(await verbs[request.verb](request)));
} catch(error) {
  console.log(JSON.stringify({reason: String(error.message ?? error)}));
  process.exitCode = request.verb === 'verify' ? 1 : 2;
}
