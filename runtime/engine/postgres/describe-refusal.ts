/** What a server that cannot go on says, and what helps. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

const bySqlState: Readonly<Record<string, Refusal>> = {
  '53100': { message: 'the disk of the server is full', hint: 'free some room there, then run again' },
  '53200': {
    message: 'the server is out of memory',
    hint: 'lower `threads` of the target in project.yml, or `work_mem` of the server',
  },
  '53300': {
    message: 'the server takes no more connections',
    hint: 'lower `threads` of the target in project.yml (each may need two connections), or raise `max_connections` of the server',
  },
  '53400': {
    message: 'sorting and joining needs more of the disk than `temp_file_limit` of the server allows',
    hint: 'raise `temp_file_limit`, or `work_mem`, for this role or database',
  },
  '55P03': {
    message: 'somebody else reads or changes the same table or view, and did not end in time',
    hint: "run again when they have ended: `select pid, usename, query from pg_stat_activity where state <> 'idle'`",
  },
  '25006': {
    message: 'the database takes no writes',
    hint: 'it is a standby, or `default_transaction_read_only` is set for the server, the database or the role',
  },
};

/** By SQLSTATE; undefined: its own words say enough. */
export function findRefusal(sqlState: string): Refusal | undefined {
  return bySqlState[sqlState];
}
