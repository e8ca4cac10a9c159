// `node --import scripts/peak-memory.mjs …`: says at the end how much memory and time the process took.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  process.stderr.write(`peak memory ${maxRSS * 1024} bytes, processor ${seconds.toFixed(1)} s\n`);
});
