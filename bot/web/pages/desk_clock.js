/** A clock in a worker: browsers slow down the timers of a page in the background, but not these. */
setInterval(() => postMessage(0), 2000);
