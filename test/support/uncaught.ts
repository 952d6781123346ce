/** Collects the uncaught errors that would end the process, until it is disposed of. */
export function collectUncaught() {
  const errors: unknown[] = [];
  const collect = (error: unknown) => void errors.push(error);
  process.on('unhandledRejection', collect).on('uncaughtException', collect);
  return {
    errors,
    [Symbol.dispose]: () => void process.off('unhandledRejection', collect).off('uncaughtException', collect),
  };
}
