/* Loaded before a program that serves for ever: it ends when whoever holds its standard input does. */
process.stdin.on("end", () => process.exit()).resume();
