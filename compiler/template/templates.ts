import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { SourceFile, SqlText } from '../source/source-file.ts';
export interface Templates {
  readonly diagnostics: readonly Diagnostic[];
  render(text: SqlText): { readonly text: SqlText; readonly diagnostics: readonly Diagnostic[] };
}
export function createTemplates(_: {
  partials: Record<string, SourceFile>;
  vars: Readonly<Record<string, string | number | boolean>>;
}): Templates {
  return {
    diagnostics: [],
    render: (text) => ({
      text: { ...text, text: text.text.replace(/\{\{var \\?"(\w+)\\?"\}\}/g, (_m, n) => String(_.vars[n])) },
      diagnostics: [],
    }),
  };
}
