import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import { fileSpan } from '../source/line-index.ts';
import type { Document, YamlMapping } from '../source/source-file.ts';
import { findDocumentKind, schemaDefinitions } from './document-kinds.ts';
import { explainMismatch } from './explain-mismatch.ts';
import type { JsonSchema } from './json-schema.ts';
import { toValue } from './to-value.ts';

export interface Validated {
  /** Absent where there were errors. */
  readonly document?: Document;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiling a schema costs tens of milliseconds, so each is compiled once, and only when a file needs it. */
const compiled = new Map<JsonSchema, ValidateFunction>();

function getValidator(schema: JsonSchema): ValidateFunction {
  let validator = compiled.get(schema);
  if (!validator) {
    const ajv = new Ajv({
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
      validateSchema: false,
      logger: false,
    });
    validator = ajv.compile({ ...schema, definitions: schemaDefinitions });
    compiled.set(schema, validator);
  }
  return validator;
}

/**
 * Checks a file's shape against the JSON Schema of its kind. ajv gives the verdict; where it is no, `explainMismatch` says why, at the right key, in the author's words.
 */
export function validate(path: string, root: YamlMapping): Validated {
  const kind = findDocumentKind(path);
  if (!kind)
    return { diagnostics: [diagnostic('E1004', `\`${path}\` stands where nothing is read`, { span: fileSpan(path) })] };
  const validator = getValidator(kind.schema);
  if (validator(toValue(root))) return { document: { kind: 'document', type: kind.type, path, root }, diagnostics: [] };
  const diagnostics = explainMismatch(kind.schema, root);
  if (hasErrors(diagnostics)) return { diagnostics };
  const [error] = validator.errors ?? [];
  const message = `${error?.instancePath || 'the file'} ${error?.message ?? 'does not fit its schema'}`;
  return { diagnostics: [diagnostic('E1201', message, { span: root.span })] };
}
