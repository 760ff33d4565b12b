import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import { fileSpan } from '../source/line-index.ts';
import type { Document, DocumentType, YamlMapping } from '../source/source-file.ts';
import { describeSchema } from './describe-schema.ts';
import { documentKinds, findDocumentKind, schemaDefinitions } from './document-kinds.ts';
import { explainMismatch } from './explain-mismatch.ts';
import type { JsonSchema } from './json-schema.ts';
import { toValue } from './to-value.ts';

export interface Validated {
  /** Absent where there were errors. */
  readonly document?: Document;
  readonly diagnostics: readonly Diagnostic[];
}

let ajv: Ajv | undefined;

/** Compiling a schema costs tens of milliseconds: it is done once, when a file first needs it, and what schemas share is compiled once for all. */
function getValidator(type: DocumentType): ValidateFunction {
  if (!ajv) {
    const kinds = documentKinds.map((kind) => [kind.type, kind.schema]);
    const root = { $id: 'etalon', definitions: { ...schemaDefinitions, ...Object.fromEntries(kinds) } };
    const options = {
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
      validateSchema: false,
      logger: false,
    } as const;
    // Inlining and optimizing make the code larger and its making slower than the runs of a project win back.
    ajv = new Ajv({ ...options, inlineRefs: false, code: { optimize: false } }).addSchema(root);
  }
  return ajv.getSchema(`etalon#/definitions/${type}`)!;
}

/**
 * Checks a file's shape against the JSON Schema of its kind. ajv gives the verdict; where it is no, `explainMismatch` says why, at the right key, in the author's words. `known`: that the
 * shape is right was found before, of the same text.
 */
export function validate(path: string, root: YamlMapping, known = false): Validated {
  const kind = findDocumentKind(path);
  if (!kind)
    return { diagnostics: [diagnostic('E1004', `\`${path}\` stands where nothing is read`, { span: fileSpan(path) })] };
  const document = { kind: 'document', type: kind.type, path, root } as const;
  if (known) return { document, diagnostics: [] };
  const validator = getValidator(kind.type);
  if (validator(toValue(root))) return { document, diagnostics: [] };
  if (root.entries.length === 0) return { diagnostics: [emptyFile(path, kind.schema)] };
  const diagnostics = explainMismatch(kind.schema, root);
  if (hasErrors(diagnostics)) return { diagnostics };
  const [error] = validator.errors ?? [];
  const message = `${error?.instancePath || 'the file'} ${error?.message ?? 'does not fit its schema'}`;
  return { diagnostics: [diagnostic('E1201', message, { span: root.span })] };
}

function emptyFile(path: string, schema: JsonSchema): Diagnostic {
  const needed = (schema.required ?? []).map((key) => `\`${key}\``).join(', ');
  const hints = [
    `${describeSchema(schema)} needs ${needed || 'a key at least'}; without a use for it, remove the file`,
  ];
  return diagnostic('E1202', 'the file is empty', { span: fileSpan(path), hints });
}
