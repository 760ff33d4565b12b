// Lets a spawned Node 20 run our sources: `node --import tests/support/typescript-loader.mjs file.ts`.
import { register } from 'node:module';

register(new URL('./typescript-hooks.mjs', import.meta.url));
