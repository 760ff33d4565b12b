/** What the command line may call. */
export type { AudienceFault } from './audience-faults.ts';
export { audienceFaults } from './audience-faults.ts';
export { tagsOf } from './audience-names.ts';
export { buildSite } from './build-site.ts';
export { clockMarks } from './clock-marks.ts';
export { AudienceTrace } from './find-trace.ts';
export type { OverrideFault } from './override-faults.ts';
export { overrideFaults } from './override-faults.ts';
export { makeSayAgain, type SayAgain } from './sayings.ts';
export type { ServeOptions, SiteServer } from './serve.ts';
export { serveSite } from './serve.ts';
export { buildSingle } from './single-page.ts';
export type { PageKind } from './site-path.ts';
export type * from './site-types.ts';
export { TemplateFault } from './template-fault.ts';
export { ForeignFiles, findForeign, findWritten, sealOf, writeSite } from './write-site.ts';
