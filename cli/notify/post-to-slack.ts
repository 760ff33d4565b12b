/** A run waits for a webhook no longer than this. */
const patience = 5000;

/** Posts a text to a webhook in Slack's format, which Mattermost and Discord (`/slack`) read, too. What went wrong in words, never with the address. */
export async function postToSlack(url: string, text: string, timeout = patience): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      // A webhook that leads elsewhere is not the one that was meant.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `the webhook answers ${response.status}`;
  } catch (error) {
    return describe(error, timeout);
  }
}

/** `fetch` tells the reason in `cause`, and some messages hold the whole address. */
function describe(error: unknown, timeout: number): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return `the webhook does not answer within ${timeout / 1000} s`;
  if (cause?.code === 'ERR_INVALID_URL') return 'it holds no address';
  return cause?.code === undefined ? 'the webhook cannot be reached' : `the webhook cannot be reached (${cause.code})`;
}
