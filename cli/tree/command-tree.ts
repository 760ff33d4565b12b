import type { CommandSpec } from './command-spec.ts';
import { auditCommands } from './export-commands.ts';
import { inspectCommands } from './inspect-commands.ts';
import { projectCommands } from './project-commands.ts';
import { runCommands } from './run-commands.ts';
import { segmentCommands } from './segment-commands.ts';
import { upkeepCommands } from './upkeep-commands.ts';

/** Every command of the program, in the order of its help. */
export const commandTree: readonly CommandSpec[] = [
  ...runCommands,
  ...inspectCommands,
  segmentCommands,
  auditCommands,
  ...upkeepCommands,
  ...projectCommands,
];
