// Reads documents with our canonical form, one JSON object on each line, and says what jsonld and rdf-canonize make of them.
//
//   node canonical.mjs --contexts DIR < LINES
//
// One JSON object on each line of stdout: {"sha256": …, "sha384": …} or {"error": …}.

import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import jsonld from 'jsonld';
import {canonize} from 'rdf-canonize';

const {values: {contexts}} = parseArgs({options: {contexts: {type: 'string'}}});
const files = new Map([
  ['https://www.w3.org/ns/credentials/v2', 'credentials-v2.json'],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json', 'open-badges-3.0.3.json']
]);
const documentLoader = async url => {
  if(!files.has(url)) {
    throw new Error(`no context ${url}`);
  }
  return {documentUrl: url, document: JSON.parse(readFileSync(join(contexts, files.get(url)), 'utf8'))};
};

for await (const line of createInterface({input: process.stdin})) {
  let answer;
  try {
    const {document} = JSON.parse(line);
    const quads = await jsonld.toRDF(document, {documentLoader, safe: true});
    const form = messageDigestAlgorithm => canonize(quads, {
      algorithm: 'RDFC-1.0', format: 'application/n-quads', messageDigestAlgorithm, maxWorkFactor: Infinity
    });
    answer = {sha256: await form('SHA-256'), sha384: await form('SHA-384')};
  } catch(error) {
    answer = {error: `${error.message} ${JSON.stringify(error.details?.event ?? error.details ?? '')}`};
  }
  console.log(JSON.stringify(answer));
}
