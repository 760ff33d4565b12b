import { totalmem } from 'node:os';

const share = 0.6;

/** 60 % of what this process may use: of its cgroup where that is smaller than the machine. DuckDB's own default is 80 % of the machine, which a container kills. */
export function findMemoryLimit(total: number = totalmem(), constrained: number = process.constrainedMemory()): string {
  const available = constrained > 0 && constrained < total ? constrained : total;
  return `${Math.floor((available * share) / 2 ** 20)}MiB`;
}
