/** The folders that a project's definitions stand in, and the endings read there. Everything else in a project is left alone. */
export interface ProjectFolder {
  readonly folder: string;
  readonly endings: readonly string[];
}

export const projectFile = 'project.yml';

export const projectFolders: readonly ProjectFolder[] = [
  { folder: 'models/raw', endings: ['.yml', '.sql'] },
  { folder: 'models/clean', endings: ['.yml', '.sql'] },
  { folder: 'models/marts', endings: ['.yml', '.sql'] },
  { folder: 'models/_partials', endings: ['.hbs'] },
  { folder: 'metrics', endings: ['.yml'] },
  { folder: 'segments', endings: ['.yml', '.csv'] },
  // Lists of ids.
  { folder: 'lists', endings: ['.csv'] },
  { folder: 'tests/data', endings: ['.yml', '.sql', '.csv'] },
  // Control totals.
  { folder: 'controls', endings: ['.csv'] },
];

/** Endings that look as if the file were meant to be read: `.yaml` for `.yml`, `.SQL` for `.sql`. */
export const definitionEndings = ['.yml', '.yaml', '.sql', '.hbs', '.handlebars', '.json5', '.toml'];
