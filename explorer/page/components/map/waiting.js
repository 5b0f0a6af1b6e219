// Maps whose codes are still to be laid out: it is asked whether one is, as long as they are seen, and `laid` is
// triggered when it is. Why one cannot be is said, and asked on: the server tries again.
Latent.maps.waiting = function ({ root, props, server, trigger }) {
  const ASKED_MS = 1000, pause = () => new Promise((resolve) => setTimeout(resolve, ASKED_MS));

  return async (value) => {
    const models = value.panels.filter(({ seconds }) => seconds).map(({ model }) => model);
    let problem;
    while (models.length && props.value === value) {
      await pause();
      if (!root.offsetParent) continue;
      const told = await server.ready({ models }).then(Latent.told).catch(() => null);
      if (told?.problem && told.problem !== problem) Latent.toast(told.problem);
      if (told?.ready && props.value === value) trigger("laid");
      problem = told?.problem;
    }
  };
};
