// What the page does in the browser by itself: plays sound while it is made, and shows the choice of readings.
window.qingyin = (() => {
  const AHEAD = 20;    // seconds of sound that may wait in the browser; beyond, the server is left to wait
  const MARGIN = 0.06; // seconds from a chunk's arrival to its start, so that it is never late
  let context = null;  // of the sound that plays now
  let players = [];
  let pressed = 0;

  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  // Browsers let a page sound only after the user did something: this is called by that click.
  function unlock() {
    pressed = performance.now();
    silence();
    context = new AudioContext({ sampleRate: 22050 });
    context.resume();
  }

  function silence() {
    if (context) { context.close(); context = null; }
    for (const player of players) player.hush();
  }

  function player(element, props, watch) {
    const $ = (name) => element.querySelector(`.qy-${name}`);
    const canvas = $("canvas"), pause = $("pause"), audio = $("audio"), note = $("note"), downloads = $("downloads");
    let shown = {}, peaks = [], total = 0, timer = 0, started = 0, whole = true;

    function draw(played) {
      const ratio = window.devicePixelRatio || 1;
      const width = canvas.clientWidth * ratio, height = canvas.clientHeight * ratio;
      if (!width) return;
      canvas.width = width; canvas.height = height;
      const pen = canvas.getContext("2d"), bars = Math.floor(width / (3 * ratio));
      const style = getComputedStyle(element);
      const stride = Math.max(1, peaks.length / bars);
      const done = total ? played / total : 0;
      for (let bar = 0; bar * stride < peaks.length; bar++) {
        let peak = 0;
        for (let i = Math.floor(bar * stride); i < (bar + 1) * stride && i < peaks.length; i++) peak = Math.max(peak, peaks[i]);
        const tall = Math.max(ratio, peak * height);
        pen.fillStyle = style.getPropertyValue(bar * stride < done * peaks.length ? "--qy-accent" : "--qy-soft");
        pen.fillRect(bar * 3 * ratio, (height - tall) / 2, 2 * ratio, tall);
      }
    }

    function finished() {
      clearInterval(timer);
      $("live").hidden = true;
      audio.hidden = !shown.wav;
      element.dataset.state = "idle";
    }

    async function live(url, rate) {
      const mine = context || (context = new AudioContext({ sampleRate: rate }));
      peaks = []; total = 0; started = 0; whole = !url.includes("?part=");
      let next = 0, last = Promise.resolve(), gaps = 0, rest = new Uint8Array(0);
      audio.pause(); audio.hidden = true; downloads.hidden = true;
      $("live").hidden = false;
      element.dataset.state = "waiting"; element.dataset.gaps = 0;
      const position = () => (started ? Math.max(0, Math.min(total, mine.currentTime - started)) : 0);
      clearInterval(timer);
      timer = setInterval(() => {
        if (mine !== context) return;
        draw(position());
        const made = whole && shown.wav && !shown.live; // its length is known then, though not all of it has come here
        $("time").textContent = `${clock(position())} / ${clock(made ? Math.max(total, shown.seconds) : total)}`;
        pause.textContent = mine.state === "running" ? pause.dataset.pause : pause.dataset.resume;
      }, 80);
      try {
        const answer = await fetch(url);
        if (!answer.ok) throw new Error(answer.status);
        const reader = answer.body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (mine !== context) { reader.cancel(); return; }
          if (done) break;
          const bytes = new Uint8Array(rest.length + value.length);
          bytes.set(rest); bytes.set(value, rest.length);
          const count = bytes.length >> 1, view = new DataView(bytes.buffer);
          rest = bytes.slice(2 * count);
          if (!count) continue;
          const buffer = mine.createBuffer(1, count, rate), samples = buffer.getChannelData(0);
          for (let i = 0; i < count; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
          for (let i = 0; i < count; i += 512) {
            let peak = 0;
            for (let k = i; k < i + 512 && k < count; k++) peak = Math.max(peak, Math.abs(samples[k]));
            peaks.push(peak);
          }
          const source = mine.createBufferSource();
          source.buffer = buffer; source.connect(mine.destination);
          if (!started) {
            next = mine.currentTime + MARGIN; started = next;
            element.dataset.state = "playing";
            element.dataset.first = Math.round(performance.now() - pressed + 1000 * MARGIN);
          } else if (next < mine.currentTime) {
            element.dataset.gaps = ++gaps;
            started += mine.currentTime + 3 * MARGIN - next;
            next = mine.currentTime + 3 * MARGIN;
          }
          source.start(next);
          next += buffer.duration; total += buffer.duration;
          last = new Promise((ended) => { source.onended = ended; });
          while (mine === context && next - mine.currentTime > AHEAD) await new Promise((go) => setTimeout(go, 200));
        }
      } catch (error) {
        if (mine === context) { note.textContent = note.dataset.failed; finished(); }
        return;
      }
      await last;
      if (mine === context) { draw(total); finished(); }
    }

    function show() {
      let value;
      try { value = JSON.parse(props.value || "{}"); } catch { return; }
      const before = shown;
      shown = value;
      note.textContent = value.note || (value.live || value.wav ? "" : note.dataset.empty);
      note.setAttribute("aria-live", value.live ? "off" : "polite"); // not every tenth of a second read aloud
      if (value.live && value.live !== before.live) live(value.live, value.rate);
      if (value.wav && value.wav !== before.wav) {
        audio.src = value.wav;
        for (const link of downloads.querySelectorAll("a")) link.href = `${value[link.dataset.kind]}&save=1`;
      }
      downloads.hidden = !value.wav;
      if (!value.live && $("live").hidden) audio.hidden = !value.wav;
      element.dataset.made = value.live || !value.id ? "" : props.value;
    }

    pause.addEventListener("click", () => {
      if (context) context.state === "running" ? context.suspend() : context.resume();
    });
    players.push({
      element,
      hush: () => { audio.pause(); finished(); },
      play: (url) => { silence(); audio.hidden = false; audio.src = url; audio.play(); shown = { ...shown, wav: url }; },
    });
    watch("value", show);
    show();
  }

  // Buttons inside HTML: sound is played here, the rest is the server's.
  function buttons(element, trigger) {
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || !element.contains(button)) return;
      const data = button.dataset, take = button.closest("[data-take]")?.dataset.take;
      if (data.play) players[0]?.play(data.play);
      else if (data.redo !== undefined) {
        unlock();
        const text = button.closest("li").querySelector("textarea").value;
        trigger("click", { take, part: Number(data.redo), text });
      } else if (data.reuse) trigger("click", { take, act: "reuse" });
      else if (data.remove) trigger("click", { take, act: "remove" });
    });
  }

  // Of several histories the page shows the one that the server made last, in whatever order they come.
  function history(element, props, trigger, watch) {
    buttons(element, trigger);
    let newest = "", at = 0;
    const keep = () => {
      const made = Number(/data-at="([0-9]+)"/.exec(props.value || "")?.[1] || 0);
      if (made >= at) { newest = props.value; at = made; }
      else props.value = newest;
    };
    watch("value", keep);
    keep();
  }

  function readings(element, trigger, words) {
    let menu = null;
    const close = (focus) => {
      if (!menu) return;
      const opener = menu.opener;
      menu.remove(); menu = null;
      element.style.minHeight = "";
      opener.setAttribute("aria-expanded", "false");
      if (focus) opener.focus();
    };
    const pick = (syllable, reading) => {
      trigger("click", { start: Number(syllable.start), end: Number(syllable.end), reading });
      close(true);
    };
    const open = (button) => {
      close(false);
      const data = button.dataset;
      menu = document.createElement("div");
      menu.className = "qy-menu"; menu.opener = button; menu.setAttribute("role", "dialog");
      const add = (text, reading, current) => {
        const choice = document.createElement("button");
        choice.type = "button"; choice.textContent = text;
        if (current) choice.setAttribute("aria-pressed", "true");
        choice.addEventListener("click", () => pick(data, reading));
        menu.append(choice);
      };
      for (const reading of data.choices.split(" ")) if (reading) add(reading, reading, reading === data.said);
      if (data.chosen === "1") add(words.automatic, "", false);
      const form = document.createElement("form"), input = document.createElement("input"), ok = document.createElement("button");
      input.placeholder = words.custom; input.setAttribute("aria-label", words.custom);
      input.value = data.choices ? "" : data.said.includes("-") ? "" : data.said;
      input.autocapitalize = "off"; input.spellcheck = false;
      ok.textContent = words.ok;
      form.append(input, ok);
      form.addEventListener("submit", (event) => { event.preventDefault(); if (input.value.trim()) pick(data, input.value.trim()); });
      menu.append(form);
      element.append(menu);
      const box = element.getBoundingClientRect(), place = button.getBoundingClientRect();
      menu.style.top = `${place.bottom - box.top + 4}px`;
      menu.style.left = `${Math.max(0, Math.min(place.left - box.left, box.width - menu.offsetWidth))}px`;
      element.style.minHeight = `${menu.offsetTop + menu.offsetHeight + 8}px`; // or the page may end above its end
      button.setAttribute("aria-expanded", "true");
      menu.querySelector("button, input").focus();
    };
    element.style.position = "relative";
    element.addEventListener("click", (event) => {
      const button = event.target.closest(".qy-syllable");
      if (button) menu?.opener === button ? close(true) : open(button);
    });
    element.addEventListener("keydown", (event) => { if (event.key === "Escape") close(true); });
    document.addEventListener("pointerdown", (event) => {
      if (menu && !menu.contains(event.target) && !event.target.closest(".qy-syllable")) close(false);
    });
  }

  return { unlock, silence, player, buttons, history, readings };
})();
