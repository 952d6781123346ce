import { type Command, Redis, type RedisOptions } from 'ioredis';

/** Observes the commands that are sent over a connection. */
export interface CommandObserver {
  /** Returns whether the server has stopped answering. While it returns true, all commands except PING fail at once. */
  readonly isSilent: () => boolean;
  /** Called when the server has not answered a command before its deadline. */
  readonly onSilent: () => void;
  /** Called with each error that the server returns. */
  readonly onRefusal: (error: Error) => void;
}

/**
 * A connection to Redis whose commands fail when the server does not answer in time. The option `commandTimeout` of ioredis is not used for
 * this. With it, a command can fail although its answer arrived in time, if this process was too busy to read the answer.
 */
export class DeadlineRedis extends Redis {
  readonly #deadlineMs: number;
  readonly #observer: CommandObserver;

  /** `deadlineMs` is how long the server may take to answer, in milliseconds. */
  constructor(url: string, options: RedisOptions, deadlineMs: number, observer: CommandObserver) {
    super(url, options);
    this.#deadlineMs = deadlineMs;
    this.#observer = observer;
  }

  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    // While the connection is being set up, ioredis sends commands of its own. These commands get no deadline here.
    if (this.status !== 'ready') return super.sendCommand(command, stream);
    if (this.#observer.isSilent() && command.name !== 'ping') {
      command.reject(noAnswer());
      return command.promise;
    }
    this.#limit(command);
    return super.sendCommand(command, stream);
  }

  /** Sets a deadline for a command. The command fails if it is not answered by then. */
  #limit(command: Command): void {
    let isAnswered = false;
    const late = setTimeout(() => {
      // The answer may have arrived while this process was too busy to read it. So the process gets two more turns of the event loop to
      // read it.
      setImmediate(() => {
        setImmediate(() => {
          if (isAnswered) return;
          this.#observer.onSilent();
          command.reject(noAnswer());
        });
      });
    }, this.#deadlineMs);
    const stop = () => {
      isAnswered = true;
      clearTimeout(late);
    };
    command.promise.then(stop, (error: Error) => {
      stop();
      if (error.name === 'ReplyError') this.#observer.onRefusal(error);
    });
  }
}

const noAnswer = () => new Error('Redis does not answer');
