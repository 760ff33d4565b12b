import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { addLiveReload, livePolicy, liveScript, problemPage } from './live-reload.ts';

export interface ServeOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** With `/__events` and a reload script, for `etalon dev`; the files in the folder stay as they are. */
  readonly live?: boolean;
}

export interface SiteServer {
  readonly url: string;
  readonly close: () => Promise<void>;
  /** Makes every open page load itself again. Does nothing without `live`. */
  readonly reload: () => void;
  /** Lays the text over every open page, and over those opened later, until called with undefined. Without `live` nothing. */
  readonly showProblem: (text: string | undefined) => void;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.xml': 'application/atom+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const publishedPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface State {
  readonly folder: string;
  readonly live: boolean;
  readonly loopback: boolean;
  readonly listeners: Set<ServerResponse>;
  problem: string | undefined;
}

/** Serves the files of `folder` over HTTP: GET and HEAD, nothing outside the folder, no dot files. */
export async function serveSite(folder: string, options: ServeOptions = {}): Promise<SiteServer> {
  const { port = 0, host = '127.0.0.1', live = false } = options;
  const state: State = { folder, live, loopback: isLoopback(host), listeners: new Set(), problem: undefined };
  const server = createServer((request, response) => answer(state, request, response));
  const at = await listen(server, port, host);
  const send = (event: string, data: string): void => {
    for (const listener of state.listeners) listener.write(formatEvent(event, data));
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${at}/`,
    reload: () => send('reload', ''),
    showProblem: (text) => {
      state.problem = text;
      send('problem', text ?? '');
    },
    close: () => close(server, state),
  };
}

/** The port it took. */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server, state: State): Promise<void> {
  for (const listener of state.listeners) listener.end();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function answer(state: State, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Content-Security-Policy', state.live ? livePolicy : publishedPolicy);
  response.setHeader('Cache-Control', 'no-cache');
  // A page elsewhere could point its own name at 127.0.0.1 and read a dictionary that is not for it.
  if (state.loopback && !isLoopback(hostOf(request.headers.host ?? ''))) refuse(response, 403, 'only for this machine');
  else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'only GET and HEAD');
  else answerPath(state, request, response, (request.url ?? '/').split('?')[0]!);
}

function answerPath(state: State, request: IncomingMessage, response: ServerResponse, path: string): void {
  const file = findFile(state.folder, path);
  if (state.live && path === '/__events') openEvents(state, response);
  else if (state.live && path === '/__live.js') sendText(response, 200, types['.js']!, liveScript);
  else if (file !== undefined) sendFile(state, request, response, file);
  else if (state.live && state.problem !== undefined)
    sendText(response, 200, types['.html']!, problemPage(state.problem));
  else sendMissing(state, request, response, path);
}

/** The links of the site's own 404 page are relative to its folder, so it is shown only there. */
function sendMissing(state: State, request: IncomingMessage, response: ServerResponse, path: string): void {
  const page = path.lastIndexOf('/') === 0 ? findFile(state.folder, '/404.html') : undefined;
  if (page === undefined) refuse(response, 404, 'no such page');
  else {
    response.statusCode = 404;
    sendFile(state, request, response, page);
  }
}

function findFile(folder: string, path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    const parts = decoded.split('/').slice(1);
    if (decoded.includes('\0') || decoded.includes('\\') || parts.some((part) => part.startsWith('.')))
      return undefined;
    const root = realpathSync(folder);
    const file = realpathSync(join(root, ...parts, decoded.endsWith('/') ? 'index.html' : ''));
    return file.startsWith(root + sep) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

function sendFile(state: State, request: IncomingMessage, response: ServerResponse, file: string): void {
  response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  stream.once('error', () => response.destroy());
  if (!state.live || extname(file) !== '.html') {
    stream.pipe(response);
    return;
  }
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  stream.once('end', () => response.end(addLiveReload(Buffer.concat(chunks).toString('utf8'))));
}

function openEvents(state: State, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(formatEvent('hello', ''));
  if (state.problem !== undefined) response.write(formatEvent('problem', state.problem));
  state.listeners.add(response);
  response.once('close', () => state.listeners.delete(response));
}

function formatEvent(event: string, data: string): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.end(text);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  sendText(response, status, types['.txt']!, `${status}: ${why}\n`);
}

function hostOf(header: string): string {
  return header.startsWith('[') ? header.slice(1, header.indexOf(']')) : header.split(':')[0]!;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
