import { INJECTED_ANSWER } from '../../local/emulators/injected-answer.ts';
import { startLocalServer } from './local-server.ts';

/** What an AWS service, or something that answers in its place, does with every request. */
export type ServiceFault = 'denied' | 'hangs' | 'garbage' | 'empty' | 'down';

/** In place of any AWS service (common errors of the JSON, query and REST protocols). */
export type FaultyService = { endpoint: string; close(): Promise<void> };

export function startFaultyService(fault: ServiceFault): Promise<FaultyService> {
  return startLocalServer((request, response) => {
    response.setHeader(INJECTED_ANSWER, fault);
    const isQuery = request.headers['content-type']?.startsWith('application/x-www-form') ?? false;
    const send = (status: number, json: object, xml: string) => {
      response.writeHead(status, {
        'content-type': isQuery ? 'text/xml' : 'application/x-amz-json-1.0',
        ...('__type' in json && { 'x-amzn-errortype': String(json.__type) }),
      });
      response.end(isQuery ? xml : JSON.stringify(json));
    };
    switch (fault) {
      case 'denied':
        return send(
          400,
          { __type: 'AccessDeniedException', message: 'not authorized' },
          '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
        );
      case 'down':
        return send(500, { __type: 'InternalFailure' }, '<ErrorResponse/>');
      case 'empty':
        return send(200, {}, '<AResponse><AResult/></AResponse>');
      case 'garbage':
        response.writeHead(200, { 'content-type': 'text/html' });
        return void response.end('<html><body>Sign in to the network</body></html>');
      case 'hangs':
        return undefined;
    }
  });
}
