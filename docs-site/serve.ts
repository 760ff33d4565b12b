export interface SiteServer {
  readonly url: string;
  readonly close: () => Promise<void>;
  readonly reload: () => void;
  readonly showProblem: (text: string | undefined) => void;
}
export async function serveSite(): Promise<SiteServer> {
  throw new Error('not yet');
}
