import Handlebars from 'handlebars';

/** As the published policy, and may open `/__events` besides. */
export const livePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const scriptTag = '<script src="/__live.js"></script>';

/** A published page as `etalon dev` serves it: with the reload script, and a policy that lets it listen. */
export function addLiveReload(html: string): string {
  return html
    .replace("img-src 'self' data:;", "img-src 'self' data:; connect-src 'self';")
    .replace('</head>', `${scriptTag}\n</head>`);
}

/** What is shown before the first dictionary could be built. */
export function problemPage(problem: string): string {
  const text = Handlebars.escapeExpression(problem);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>etalon dev</title>${scriptTag}</head><body><main><h1>The project does not compile</h1><pre>${text}</pre></main></body></html>\n`;
}

/**
 * Served at `/__live.js`. The overlay is a `dialog` styled through CSSOM, which the policy allows; its text goes in as
 * text. After the server was away a page loads itself again.
 */
export const liveScript = `(() => {
  let dialog;
  let wasAway = false;
  const show = (text) => {
    dialog?.remove();
    dialog = undefined;
    if (!text) return;
    dialog = document.createElement('dialog');
    dialog.id = 'etalon-problem';
    dialog.setAttribute('aria-label', 'Problem');
    Object.assign(dialog.style, { width: 'min(70rem, 92vw)', maxHeight: '86vh', border: '2px solid #ad2119', borderRadius: '8px', padding: '1.25rem', overflow: 'auto' });
    const form = document.createElement('form');
    form.method = 'dialog';
    const button = document.createElement('button');
    button.textContent = 'Close';
    button.addEventListener('click', (event) => { event.preventDefault(); dialog.close(); });
    const pre = document.createElement('pre');
    pre.tabIndex = 0;
    pre.textContent = text;
    form.append(button);
    dialog.append(pre, form);
    document.body.append(dialog);
    dialog.showModal();
  };
  const start = () => {
    const events = new EventSource('/__events');
    events.addEventListener('hello', () => { if (wasAway) location.reload(); });
    events.addEventListener('reload', () => location.reload());
    events.addEventListener('problem', (event) => show(JSON.parse(event.data)));
    events.addEventListener('error', () => { wasAway = true; });
  };
  document.addEventListener('DOMContentLoaded', start);
})();
`;
