/** Does `send` soon. */
export type SendTogether = (send: () => void) => void;

/**
 * Sends what was made ready in one turn of the event loop at the end of that turn, one after the other. A client that waits for
 * many answers is woken once for all of them, instead of for each: waking it costs the sender more than writing to it.
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
