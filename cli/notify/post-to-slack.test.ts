import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { postToSlack } from './post-to-slack.ts';

async function withServer<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

test('a text is posted as JSON', async () => {
  let body = '';
  const answer: RequestListener = (request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => response.end('ok'));
  };
  expect(await withServer(answer, (url) => postToSlack(url, 'a "b"\nc'))).toBeUndefined();
  expect(JSON.parse(body)).toEqual({ text: 'a "b"\nc' });
});

test('whatever goes wrong is a word, and never the address', async () => {
  const refused = await withServer(
    (_, response) => response.writeHead(404).end('no_team'),
    (url) => postToSlack(url, 'x'),
  );
  expect(refused).toBe('the webhook answers 404');
  const elsewhere = await withServer(
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end(),
    (url) => postToSlack(url, 'x'),
  );
  expect(elsewhere).toBe('the webhook cannot be reached');
  expect(
    await withServer(
      () => undefined,
      (url) => postToSlack(url, 'x', 50),
    ),
  ).toBe('the webhook does not answer within 0.05 s');
  const gone = await withServer(
    (_, response) => response.end(),
    (url) => Promise.resolve(url),
  );
  expect(await postToSlack(gone, 'x')).toBe('the webhook cannot be reached (ECONNREFUSED)');
  expect(await postToSlack('hooks.slack.test/s3cr3t', 'x')).toBe('it holds no address');
});
