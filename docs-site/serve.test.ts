import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SiteServer, serveSite } from './serve.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type: string | undefined;
  readonly policy: string | undefined;
}

/** Plain `http`, since `fetch` tidies a path before it is sent. */
function ask(server: SiteServer, path: string, options: { method?: string; host?: string } = {}): Promise<Answer> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        path,
        method: options.method ?? 'GET',
        headers: { host: options.host ?? `127.0.0.1:${port}` },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => (body += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            body,
            type: response.headers['content-type'],
            policy: String(response.headers['content-security-policy']),
          }),
        );
      },
    );
    sent.on('error', reject).end();
  });
}

describe('serveSite', () => {
  let base: string;
  let server: SiteServer;
  let live: SiteServer;
  const html = `<html><head><meta content="img-src 'self' data:;"></head><body>home</body></html>`;

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'etalon-serve-'));
    const folder = join(base, 'site');
    mkdirSync(join(folder, 'metrics'), { recursive: true });
    writeFileSync(join(base, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'index.html'), html);
    writeFileSync(join(folder, '404.html'), 'missing');
    writeFileSync(join(folder, '.etalon-site.json'), '{}');
    writeFileSync(join(folder, 'metrics', 'index.html'), 'metrics');
    writeFileSync(join(folder, 'data.csv'), 'a,b');
    symlinkSync(join(base, 'secret.txt'), join(folder, 'link.txt'));
    server = await serveSite(folder);
    live = await serveSite(folder, { live: true });
  });
  afterAll(async () => {
    await server.close();
    await live.close();
    rmSync(base, { recursive: true, force: true });
  });

  test('gives files with their types and a strict policy', async () => {
    expect(await ask(server, '/')).toMatchObject({ status: 200, body: html, type: 'text/html; charset=utf-8' });
    expect((await ask(server, '/metrics/?q=1')).body).toBe('metrics');
    expect((await ask(server, '/data.csv')).type).toBe('text/csv; charset=utf-8');
    expect((await ask(server, '/')).policy).toContain("default-src 'none'");
    expect((await ask(server, '/')).policy).not.toContain('connect-src');
    expect(await ask(server, '/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('never leaves its folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/metrics/..%2f..%2fsecret.txt',
      '/link.txt',
      '/%00',
      '/%',
      '/..%5csecret.txt',
      '//etc/passwd',
    ]) {
      const answer = await ask(server, path);
      expect(answer.status, path).toBe(404);
      expect(answer.body).not.toContain('secret');
    }
    expect((await ask(server, '/.etalon-site.json')).status).toBe(404);
  });

  test('a missing page is the site’s own 404 where its links work', async () => {
    expect(await ask(server, '/nothing.html')).toMatchObject({ status: 404, body: 'missing' });
    expect((await ask(server, '/metrics/nothing.html')).body).toBe('404: no such page\n');
  });

  test('answers only this machine, by name too, and only GET and HEAD', async () => {
    expect((await ask(server, '/', { host: 'evil.example' })).status).toBe(403);
    expect((await ask(server, '/', { host: 'localhost:1' })).status).toBe(200);
    expect((await ask(server, '/', { method: 'POST' })).status).toBe(405);
  });

  test('the reload script is there only when served live', async () => {
    expect((await ask(server, '/__live.js')).status).toBe(404);
    expect((await ask(server, '/__events')).status).toBe(404);
    const page = await ask(live, '/');
    expect(page.body).toContain('<script src="/__live.js"></script>');
    expect(page.body).toContain("connect-src 'self'");
    expect((await ask(live, '/__live.js')).type).toBe('text/javascript; charset=utf-8');
  });

  test('shows the problem where there is no page yet', async () => {
    const empty = join(base, 'empty');
    mkdirSync(empty);
    const fresh = await serveSite(empty, { live: true });
    fresh.showProblem('error <b>');
    const answer = await ask(fresh, '/');
    expect(answer.body).toContain('error &lt;b&gt;');
    await fresh.close();
  });

  test('a taken port is an error of the caller', async () => {
    await expect(serveSite(base, { port: Number(new URL(server.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});
