// Plain pages only: copy, Show password, sending. Words come from the page.
for (let b of document.querySelectorAll("[data-copy],[data-show]")) {
	let { copy, copied, failed, show } = b.dataset, at = document.getElementById(copy ?? show);
	b.hidden = false;
	b.onclick = async () => {
		if (show) return at.type = (b.ariaPressed = at.type != "text") ? "text" : "password";
		let status = b.nextElementSibling;
		status.value = "";
		try {
			await navigator.clipboard.writeText(at.innerText);
			status.value = copied;
		} catch {
			getSelection().selectAllChildren(at);
			status.value = failed;
		}
	};
}
for (let form of document.querySelectorAll("[data-sending]")) {
	form.onsubmit = ({submitter: b}) => {
		if (b.ariaDisabled) return false;
		let label = b.lastChild, word = label.textContent;
		let mark = (words, busy) => { label.textContent = words; b.ariaDisabled = busy; };
		mark(form.dataset.sending, true);
		addEventListener("pageshow", () => mark(word, null), {once: true});
	};
}
