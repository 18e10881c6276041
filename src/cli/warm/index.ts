/**
 * warm: a client process that stays, and runs the commands of programs that ask it to (front/, docs/warm-client.md).
 * It serves one user, whose socket only that user can reach; commands run side by side, each with a caller and a
 * client of its own. It ends after a time without work. What a command may need of its caller's own process is the
 * command's to say (`Command.warm`); it is declined, and the program runs it itself.
 */
export { serveCallers, type WarmRules } from './serve.ts';
