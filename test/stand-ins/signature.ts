import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * The signature that AWS expects of a request (IAM user guide, "Create a signed AWS API request", Signature
 * Version 4). Written from the guide, without the SDK's signer, which the code under test uses.
 */
export function expectedSignature(request: IncomingMessage, body: string, secret: string): string {
  const { authorization = '' } = request.headers;
  const [, date = '', region = '', service = ''] =
    /Credential=[^/]+\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization) ?? [];
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const headers = signed.split(';').map((name) => `${name}:${request.headers[name]}\n`);
  const url = new URL(request.url ?? '', 'http://lambda');
  // Encoded a second time, as for every service but S3.
  const path = url.pathname.split('/').map(encodeURIComponent).join('/');
  const canonical = [request.method, path, '', headers.join(''), signed, sha256(body)].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const stamp = String(request.headers['x-amz-date']);
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [date, region, service, 'aws4_request']) key = hmac(key, part);
  return hmac(key, text).toString('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
