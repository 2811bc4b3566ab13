// What loading this page cost, in bytes of body as they came over the line, by kind; and how much it moved.
new Promise((done) => {
  const cost = { page: performance.getEntriesByType("navigation")[0].encodedBodySize, styles: 0, scripts: 0, scriptsBeforeInput: 0, thumbnails: 0, stage: 0, other: 0 };
  const early = /\/(app|enhance|turn-composer|live-session|page|stage|turns)\.js$/;
  const stage = document.querySelector("#stage .picture").currentSrc;
  for (const entry of performance.getEntriesByType("resource")) {
    const bytes = entry.encodedBodySize;
    const { pathname } = new URL(entry.name);
    if (pathname.endsWith(".css")) cost.styles += bytes;
    else if (pathname.endsWith(".js")) cost.scripts += bytes;
    else if (entry.name === stage) cost.stage += bytes;
    else if (pathname.includes("/renditions/")) cost.thumbnails += bytes;
    else if (!pathname.endsWith("/events") && !pathname.endsWith(".svg")) cost.other += bytes || 1;
    if (early.test(pathname)) cost.scriptsBeforeInput += bytes;
  }
  const shifts = new PerformanceObserver((list) => {
    done({ ...cost, shift: list.getEntries().reduce((sum, entry) => sum + entry.value, 0) });
  });
  shifts.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done({ ...cost, shift: 0 }), 200);
})
