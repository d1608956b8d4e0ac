/** Says how far a run is. */
export type Say = (line: string) => void;

/** On standard error, each line after the seconds since now. */
export function startProgress(): Say {
  const began = performance.now();
  return (line) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(0).padStart(5);
    console.error(`${seconds} s  ${line}`);
  };
}
