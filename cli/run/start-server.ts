import { mkdirSync } from 'node:fs';
import { type SiteServer, serveSite } from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';

/** Serves a folder on the port of `--port`; a port that is taken is no fault of ours. */
export async function startServer(
  folder: string,
  flags: Flags,
  options: { readonly live?: boolean } = {},
): Promise<SiteServer> {
  const port = flags.port as number;
  mkdirSync(folder, { recursive: true });
  try {
    return await serveSite(folder, { port, ...options });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'ERR_SOCKET_BAD_PORT') throw error;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : 'it may not be opened';
    throw new CommandFailure(exitCode.usage, `\`--port ${port}\`: ${why}`, ['`--port 0` takes a free one']);
  }
}
