/** The state tables cannot be used as they are; the message says what was found and what helps. */
export class StateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StateError';
  }
}
