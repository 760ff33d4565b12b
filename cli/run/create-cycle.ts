/** One rebuild at a time; changes that arrive meanwhile make one more. */
export function createCycle(work: () => Promise<void>): { request(): void; settled(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async () => {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  };
  return {
    request: () => {
      if (running) again = true;
      else running = loop();
    },
    settled: async () => running,
  };
}
