import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { LOCAL_CREDENTIALS } from './sqs.ts';

/** A DynamoDB on this machine, with the ledger's table as serverless/ledger.yml has it. */
export type LocalDynamodb = {
  endpoint: string;
  table: string;
  client: DynamoDBClient;
  /** Which requests fail, by their action (`UpdateItem`…), with an InternalServerError. Default: none. */
  isFailing: ((action: string) => boolean) | undefined;
  close(): Promise<void>;
};

const TABLE = 'cognito-workos-sync-local-ledger';

export async function startDynamodb(options: { region?: string } = {}): Promise<LocalDynamodb> {
  const { region = 'us-east-1' } = options;
  const server = dynalite({ createTableMs: 0 });
  let dynamodb: LocalDynamodb | undefined;
  const [answer] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    if (!dynamodb?.isFailing?.(action)) return void answer?.call(server, request, response);
    response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'InternalServerError', message: '' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'sub', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'sub', KeyType: 'HASH' }],
    }),
  );
  dynamodb = {
    endpoint,
    table: TABLE,
    client,
    isFailing: undefined,
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return dynamodb;
}
