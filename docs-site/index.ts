/** What the command line may call. */
export { buildSite } from './build-site.ts';
export type { ServeOptions, SiteServer } from './serve.ts';
export { serveSite } from './serve.ts';
export type * from './site-types.ts';
export { writeSite } from './write-site.ts';
