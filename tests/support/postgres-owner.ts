import { startPostgres } from './postgres.ts';

// A process to be killed: owns a server, says where it is, and waits.
const server = await startPostgres();
console.log(server.url());
setInterval(() => undefined, 60_000);
