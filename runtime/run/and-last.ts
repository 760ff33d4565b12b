/** Does the last thing whatever comes of the work. Of two failures the first is told: the second follows from it. */
export async function andLast<T>(work: () => Promise<T>, last: () => Promise<void>): Promise<T> {
  let done: T;
  try {
    done = await work();
  } catch (error) {
    await last().catch(() => undefined);
    throw error;
  }
  await last();
  return done;
}
