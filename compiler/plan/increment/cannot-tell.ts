/** Why it cannot be known from the query which of its rows a change touches. Never leaves this folder: it becomes the reason for a full rebuild. */
export class CannotTell extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CannotTell';
  }
}
