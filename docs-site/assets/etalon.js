// One classic script: modules, fetch and workers do not run on file://. Everything here adds to pages that are whole without it.
(() => {
  const root = document.documentElement;
  const stored = (value) => {
    try {
      if (value) localStorage.setItem('etalon-theme', value);
      return localStorage.getItem('etalon-theme');
    } catch {
      return null;
    }
  };
  const theme = stored();
  if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;
  root.classList.add('js');

  const find = (selector, from = document) => from.querySelector(selector);
  const base = () => document.body.dataset.root;

  function startTheme() {
    const button = find('[data-theme-toggle]');
    if (!button) return;
    const dark = () =>
      root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    button.hidden = false;
    button.title = dark() ? button.dataset.light : button.dataset.dark;
    button.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      stored(root.dataset.theme);
      button.title = dark() ? button.dataset.light : button.dataset.dark;
    });
  }

  const loads = {};
  function load(name) {
    loads[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${base()}assets/${name}`;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return loads[name];
  }

  let index;
  async function openIndex() {
    await Promise.all([load('minisearch.js'), load('search-data.js')]);
    if (index) return index;
    const fields = ['name', 'label', 'kind', 'sentence', 'columns'];
    index = new window.MiniSearch({
      fields,
      storeFields: ['path', ...fields.slice(0, 4)],
      tokenize: (text) => text.toLowerCase().split(/[\s\p{P}]+/u),
      searchOptions: {
        prefix: true,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        combineWith: 'AND',
        boost: { name: 4, label: 4, sentence: 1.5 },
      },
    });
    index.addAll(
      window.etalonSearch.map(([path, name, label, kind, sentence, columns], id) => ({
        id,
        path,
        name,
        label,
        kind,
        sentence,
        columns,
      })),
    );
    return index;
  }

  // Who types a name wants what is called so, then what begins so, before what merely holds the word.
  function byName(hits, text) {
    const near = ({ name, label }) => {
      const names = [name.toLowerCase(), label.toLowerCase()];
      return names.includes(text) ? 2 : names.some((each) => each.startsWith(text)) ? 1 : 0;
    };
    return hits.sort((a, b) => near(b) - near(a) || b.score - a.score);
  }

  function startSearch() {
    const box = find('[data-search]');
    if (!box) return;
    const input = find('input', box);
    const list = find('ul', box);
    const status = find('[data-search-status]', box);
    let active = -1;
    let asked = 0;
    box.hidden = false;
    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    };
    const choose = (next) => {
      const options = list.children;
      if (!options.length) return;
      options[active]?.setAttribute('aria-selected', 'false');
      active = (next + options.length) % options.length;
      options[active].setAttribute('aria-selected', 'true');
      options[active].scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', options[active].id);
    };
    const show = (found) => {
      list.replaceChildren(
        ...found.slice(0, 12).map((hit, at) => {
          const option = document.createElement('li');
          option.id = `option-${at}`;
          option.setAttribute('role', 'option');
          option.setAttribute('aria-selected', 'false');
          option.dataset.href = base() + hit.path;
          for (const [tag, text] of [
            ['b', hit.label],
            ['i', hit.kind],
            ['span', hit.sentence],
          ]) {
            const part = document.createElement(tag);
            part.textContent = text;
            option.append(part, ' ');
          }
          return option;
        }),
      );
      active = -1;
      list.hidden = found.length === 0;
      input.setAttribute('aria-expanded', String(found.length > 0));
      status.textContent = found.length ? box.dataset.found.replace('{n}', found.length) : box.dataset.none;
      box.classList.toggle('empty', found.length === 0);
    };
    const search = async () => {
      const turn = ++asked;
      const text = input.value.trim();
      if (!text) {
        box.classList.remove('empty');
        status.textContent = '';
        return close();
      }
      const ready = await openIndex();
      if (turn === asked) show(byName(ready.search(text), text.toLowerCase()));
    };
    input.addEventListener('focus', () => openIndex().catch(() => {}), { once: true });
    input.addEventListener('input', search);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') choose(active + 1);
      else if (event.key === 'ArrowUp') choose(active - 1);
      else if (event.key === 'Enter') {
        const option = list.children[Math.max(active, 0)];
        if (option && !list.hidden) location.href = option.dataset.href;
      } else if (event.key === 'Escape') {
        if (list.hidden) input.value = '';
        box.classList.remove('empty');
        return close();
      } else return;
      event.preventDefault();
    });
    list.addEventListener('pointerdown', (event) => {
      const option = event.target.closest('li');
      if (option) location.href = option.dataset.href;
    });
    input.addEventListener('blur', close);
    document.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        input.focus();
      }
    });
  }

  function startList() {
    const table = find('table[data-list]');
    if (!table) return;
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const filter = find('[data-filter]');
    const say = find('[data-filter-status]');
    const tell = (count) => {
      say.textContent = filter.dataset.shown.replace('{n}', count);
    };
    if (filter) {
      filter.hidden = false;
      const input = find('input', filter);
      input.addEventListener('input', async () => {
        const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        const fits = (text) => words.every((word) => text.toLowerCase().includes(word));
        if (!table.dataset.list || !words.length) {
          const shown = rows.filter((row) => fits(row.textContent));
          body.replaceChildren(...shown);
          return tell(shown.length);
        }
        await load('search-data.js');
        const hits = window.etalonSearch.filter(
          ([path, name, label, , sentence]) =>
            path.startsWith(table.dataset.list) && fits(`${name} ${label} ${sentence}`),
        );
        body.replaceChildren(
          ...hits
            .slice(0, 100)
            .map(([path, , label, , sentence]) => listRow(path, label, sentence, rows[0].cells.length)),
        );
        tell(hits.length);
      });
    }
    // A list of several pages holds a part of its rows here: to sort them alone would mislead.
    if (!table.dataset.list) for (const head of table.querySelectorAll('th[data-sort]')) sortable(table, head, rows);
  }

  function listRow(path, label, sentence, width) {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.colSpan = width;
    const link = document.createElement('a');
    link.href = base() + path;
    link.textContent = label;
    const text = document.createElement('span');
    text.className = 'sentence';
    text.textContent = sentence;
    head.append(link, text);
    row.append(head);
    return row;
  }

  function sortable(table, head, rows) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    const collator = new Intl.Collator(root.lang, { numeric: true });
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const at = head.cellIndex;
      const key = (row) => row.cells[at].dataset.value ?? row.cells[at].textContent.trim();
      const compare = (a, b) => {
        if (head.dataset.sort === 'text') return collator.compare(key(a), key(b));
        return Number.parseFloat(key(a)) - Number.parseFloat(key(b));
      };
      // What has no value stands last either way: it is not the smallest.
      const lacks = (row) => head.dataset.sort === 'number' && Number.isNaN(Number.parseFloat(key(row)));
      rows.sort((a, b) => lacks(a) - lacks(b) || (lacks(a) ? 0 : down ? compare(b, a) : compare(a, b)));
      const shown = new Set(table.tBodies[0].rows);
      table.tBodies[0].replaceChildren(...rows.filter((row) => shown.has(row)));
    });
  }

  // Each build tells what changed since the one before: what lies between two builds is those after the first, up to the second.
  function startBetween() {
    const box = find('[data-between]');
    if (!box) return;
    const after = find('[data-after]', box);
    const until = find('[data-until]', box);
    const show = () => {
      for (const build of document.querySelectorAll('[data-build]')) {
        const number = Number(build.dataset.build);
        build.hidden = number <= Number(after.value) || number > Number(until.value);
      }
    };
    box.hidden = false;
    box.addEventListener('change', show);
  }

  function startChart() {
    const area = find('[data-plot] .area');
    const rows = find('[data-rows]')?.tBodies[0].rows;
    if (!area || !rows) return;
    const hair = find('[data-hair]', area);
    const readout = find('[data-readout]');
    area.addEventListener('pointermove', (event) => {
      const box = area.getBoundingClientRect();
      const at = Math.min(
        rows.length - 1,
        Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * rows.length)),
      );
      const x = `${((at + 0.5) / rows.length) * 100}%`;
      hair.setAttribute('x1', x);
      hair.setAttribute('x2', x);
      area.classList.add('on');
      readout.textContent = `${rows[at].cells[0].textContent.trim()}: ${rows[at].cells[1].textContent.trim()}`;
    });
    area.addEventListener('pointerleave', () => {
      area.classList.remove('on');
      readout.textContent = '';
    });
  }

  document.addEventListener('DOMContentLoaded', () => {
    startTheme();
    startSearch();
    startList();
    startChart();
    startBetween();
  });
})();
