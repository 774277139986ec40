"""The sentences of points, in Slovenian, Italian and English: why so many, what was verified, and why a sheet does not compete.

``{name}`` is a value. ``[[A|B]]`` is A where all values in A are given, else B: a criterion without a limit has no maximum.
"""

SENTENCES_POINTS: dict[str, dict[str, str]] = {
    "band": {
        "sl": "Ugotovljena vrednost {value} {unit} je v razredu {band}[[, za katerega je določenih {points} od {maximum} <maximum:of>|; število točk: {points}]].",
        "it": "Il valore accertato {value} {unit} rientra nella fascia {band}[[, per la quale sono previsti {points} <points:counted> su {maximum}|; punti: {points}]].",
        "en": "The established value {value} {unit} lies in the band {band}[[, which gives {points} of {maximum} <maximum:of>|; points: {points}]].",
    },
    "gap": {
        "sl": "Ugotovljena vrednost {value} {unit} ne sodi v noben objavljeni razred, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "Il valore accertato {value} {unit} non rientra in alcuna fascia pubblicata, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The established value {value} {unit} falls in none of the published bands, so this criterion gives no points[[ (0 of {maximum})]].",
    },
    "no_answer": {
        "sl": "Podatek v vlogi ni naveden ali ni izkazan, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "Il dato non è indicato o non è comprovato nella domanda, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The application does not state or prove this fact, so this criterion gives no points[[ (0 of {maximum})]].",
    },
    "not_for": {
        "sl": "[[{text}|Pogoj za uporabo tega merila ni izpolnjen]], zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "[[{text}|La condizione per applicare questo criterio non è soddisfatta]], perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "[[{text}|What must hold for this criterion to apply does not]], so this criterion gives no points[[ (0 of {maximum})]].",
    },
    "no_class": {
        "sl": "Po podatkih iz vloge ni mogoče določiti skupine, po kateri se točkuje to merilo, zato točk ni[[ (0 od {maximum})]].",
        "it": "In base ai dati della domanda non si può stabilire il gruppo secondo cui si attribuisce il punteggio, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The facts of the application put it in none of the groups by which this criterion is scored, so there are no points[[ (0 of {maximum})]].",
    },
    "no_table": {
        "sl": "Točkovnik tega merila za skupino »{group}« ne določa točk[[ (0 od {maximum})]].",
        "it": "Per il gruppo «{group}» la tabella dei punteggi di questo criterio non prevede punti[[ (0 su {maximum})]].",
        "en": "The scoring table of this criterion gives no points to the group “{group}”[[ (0 of {maximum})]].",
    },
    "by_class": {
        "sl": "Uporabljen je točkovnik za skupino »{group}«.",
        "it": "Si applica la tabella dei punteggi per il gruppo «{group}».",
        "en": "The scoring table of the group “{group}” applies.",
    },
    "per_unit": {
        "sl": "Upoštevano: {value} {unit}; {working}, torej [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Considerato: {value} {unit}; {working}, quindi [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Counted: {value} {unit}; {working}, therefore [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "per_unit_capped": {
        "sl": "Navedeno: {value} {unit}, po merilu se upošteva največ {counted}; {working}, zaradi zgornje meje [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Indicato: {value} {unit}, il criterio ne considera al massimo {counted}; {working}, con il limite massimo [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Stated: {value} {unit}, of which the criterion counts at most {counted}; {working}, by the upper limit [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "choice": {
        "sl": "Izbrano: {answer}; za to [[je določenih {points} od {maximum} <maximum:of>|je določeno število točk {points}]].",
        "it": "Scelta: {answer}; per essa sono previsti [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Chosen: {answer}; this gives [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "flag": {
        "sl": "Pogoj merila je izpolnjen: [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Il requisito del criterio è soddisfatto: [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "What the criterion asks for is met: [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "flag_off": {
        "sl": "Pogoj merila po podatkih iz vloge ni izpolnjen: 0[[ od {maximum}]] točk.",
        "it": "In base ai dati della domanda il requisito del criterio non è soddisfatto: 0 punti[[ su {maximum}]].",
        "en": "By the facts of the application, what the criterion asks for is not met: 0[[ of {maximum}]] points.",
    },
    "formula": {
        "sl": "Izračun po formuli merila: {working}, torej [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Calcolo secondo la formula del criterio: {working}, quindi [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Computed by the criterion's formula: {working}, therefore [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "formula_capped": {
        "sl": "Izračun po formuli merila: {working}; zaradi meje merila [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Calcolo secondo la formula del criterio: {working}; per il limite del criterio [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Computed by the criterion's formula: {working}; by the criterion's limit [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "formula_division_by_zero": {
        "sl": "Formule {formula} s podatki iz vloge ni mogoče izračunati (deljenje z nič), zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "La formula {formula} non è calcolabile con i dati della domanda (divisione per zero), perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The formula {formula} cannot be computed from the facts of the application (division by zero), so there are no points[[ (0 of {maximum})]].",
    },
    "formula_too_large": {
        "sl": "Rezultat formule {formula} presega meje računanja, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "Il risultato della formula {formula} supera i limiti di calcolo, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The result of the formula {formula} exceeds the limits of computation, so there are no points[[ (0 of {maximum})]].",
    },
    "formula_unknown_name": {
        "sl": "Za formulo {formula} v vlogi manjka podatek, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "Per la formula {formula} manca un dato nella domanda, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "A fact that the formula {formula} needs is missing, so there are no points[[ (0 of {maximum})]].",
    },
    "formula_missing_value": {
        "sl": "Datum, ki ga potrebuje formula {formula}, v vlogi ni naveden ali ni izkazan, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "La data necessaria alla formula {formula} non è indicata o non è comprovata nella domanda, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The application does not state or prove a date that the formula {formula} needs, so there are no points[[ (0 of {maximum})]].",
    },
    "formula_failed": {
        "sl": "Formule {formula} s podatki iz vloge ni mogoče izračunati, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "La formula {formula} non è calcolabile con i dati della domanda, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The formula {formula} cannot be computed from the facts of the application, so there are no points[[ (0 of {maximum})]].",
    },
    "components": {
        "sl": "Vsota sestavin: {working}, torej [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Somma delle componenti: {working}, quindi [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Sum of the components: {working}, therefore [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "components_capped": {
        "sl": "Vsota sestavin: {working}; zaradi meje merila [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Somma delle componenti: {working}; per il limite del criterio [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Sum of the components: {working}; by the criterion's limit [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "component": {"sl": "»{title}«: {working}.", "it": "«{title}»: {working}.", "en": "“{title}”: {working}."},
    "component_normed": {
        "sl": "»{title}«: {working}; dosežena norma {actual} od {norm}, zato × {fill} = {value}.",
        "it": "«{title}»: {working}; norma raggiunta {actual} su {norm}, perciò × {fill} = {value}.",
        "en": "“{title}”: {working}; {actual} of the norm {norm} reached, therefore × {fill} = {value}.",
    },
    "component_exempt": {
        "sl": "»{title}«: {working}; zmanjšanje zaradi norme tu ne velja.",
        "it": "«{title}»: {working}; la riduzione secondo la norma qui non si applica.",
        "en": "“{title}”: {working}; the reduction by the norm does not apply here.",
    },
    "component_no_norm": {
        "sl": "»{title}«: norma ali dejansko stanje ni izkazano, zato za to sestavino ni točk.",
        "it": "«{title}»: la norma o il dato effettivo non è comprovato, perciò la componente non dà punti.",
        "en": "“{title}”: the norm or what was reached is not proven, so this component gives no points.",
    },
    "component_unproven": {
        "sl": "»{title}«: potrebni pogoj ni izkazan, zato za to sestavino ni točk.",
        "it": "«{title}»: il requisito necessario non è comprovato, perciò la componente non dà punti.",
        "en": "“{title}”: what it needs is not proven, so this component gives no points.",
    },
    "component_failed": {
        "sl": "»{title}«: s podatki iz vloge izračun ni mogoč, zato za to sestavino ni točk.",
        "it": "«{title}»: con i dati della domanda il calcolo non è possibile, perciò la componente non dà punti.",
        "en": "“{title}”: it cannot be computed from the facts of the application, so this component gives no points.",
    },
    "rows": {
        "sl": "Izračun po vrsticah (število vrstic: {rows}): {working}; skupaj [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Calcolo per righe (numero di righe: {rows}): {working}; in totale [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Computed row by row (rows: {rows}): {working}; in total [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "rows_capped": {
        "sl": "Izračun po vrsticah (število vrstic: {rows}): {working}; zaradi meje merila [[{points} od {maximum} <maximum:of>|število točk {points}]].",
        "it": "Calcolo per righe (numero di righe: {rows}): {working}; per il limite del criterio [[{points} <points:counted> su {maximum}|punti {points}]].",
        "en": "Computed row by row (rows: {rows}): {working}; by the criterion's limit [[{points} of {maximum} <maximum:of>|points: {points}]].",
    },
    "row": {
        "sl": "Vrstica {row}: število točk {points}.",
        "it": "Riga {row}: punti {points}.",
        "en": "Row {row}: points: {points}.",
    },
    # How a row of a table comes to its points, inside the working of all rows.
    "row_class": {"sl": "skupina »{group}«:", "it": "gruppo «{group}»:", "en": "group “{group}”:"},
    "row_answer": {"sl": "»{answer}«", "it": "«{answer}»", "en": "“{answer}”"},
    "row_gap": {"sl": "{value} {unit} ni v nobenem razredu", "it": "{value} {unit} in nessuna fascia", "en": "{value} {unit} in no band"},
    "row_no_answer": {"sl": "podatek manjka", "it": "dato mancante", "en": "nothing stated"},
    "row_flag": {"sl": "pogoj izpolnjen", "it": "requisito soddisfatto", "en": "met"},
    "row_flag_off": {"sl": "pogoj ni izpolnjen", "it": "requisito non soddisfatto", "en": "not met"},
    "row_no_class": {"sl": "skupine ni mogoče določiti", "it": "gruppo non determinabile", "en": "in no group"},
    "row_no_table": {
        "sl": "za skupino »{group}« ni točkovnika",
        "it": "nessuna tabella per il gruppo «{group}»",
        "en": "no table for the group “{group}”",
    },
    "row_formula_failed": {"sl": "izračun ni mogoč", "it": "calcolo non possibile", "en": "cannot be computed"},
    "no_rows": {
        "sl": "V preglednici »{label}« ni vrstic, ki bi se točkovale, zato za to merilo ni točk[[ (0 od {maximum})]].",
        "it": "La tabella «{label}» non ha righe da valutare, perciò il criterio non dà punti[[ (0 su {maximum})]].",
        "en": "The table “{label}” has no rows that could be scored, so this criterion gives no points[[ (0 of {maximum})]].",
    },
    "panel": {
        "sl": "Ocena komisije: {points} od {maximum} <maximum:of> (število ocen: {members}).",
        "it": "Valutazione della commissione: {points} <points:counted> su {maximum} (numero di punteggi: {members}).",
        "en": "Judged by the panel: {points} of {maximum} <maximum:of> (number of marks: {members}).",
    },
    "panel_agreed": {
        "sl": "Usklajena ocena komisije: {points} od {maximum} <maximum:of>.",
        "it": "Valutazione concordata della commissione: {points} <points:counted> su {maximum}.",
        "en": "Agreed by the panel: {points} of {maximum} <maximum:of>.",
    },
    # How the marks of the members became the points.
    "marks_mean": {
        "sl": "Povprečje ocen: {working}.",
        "it": "Media dei punteggi: {working}.",
        "en": "Mean of the marks: {working}.",
    },
    "marks_trimmed_mean": {
        "sl": "Povprečje ocen brez najvišje in najnižje[[ (vse ocene: {marks})]]: {working}.",
        "it": "Media dei punteggi senza il più alto e il più basso[[ (tutti i punteggi: {marks})]]: {working}.",
        "en": "Mean of the marks without the highest and the lowest[[ (all marks: {marks})]]: {working}.",
    },
    "marks_median": {
        "sl": "Mediana ocen: {working}.",
        "it": "Mediana dei punteggi: {working}.",
        "en": "Median of the marks: {working}.",
    },
    "marks_agreed": {
        "sl": "Ocena, ki so jo člani komisije uskladili: {points}.",
        "it": "Punteggio concordato tra i componenti della commissione: {points}.",
        "en": "The mark that the panel agreed on: {points}.",
    },
    "not_judged": {
        "sl": "Vloga ne izpolnjuje pogoja za ta sredstva, zato je komisija pri tem merilu ni ocenila (0 od {maximum}).",
        "it": "La domanda non soddisfa un requisito per questi fondi, perciò la commissione non l'ha valutata per questo criterio (0 su {maximum}).",
        "en": "The application does not meet a condition for these funds, so the panel has not judged it by this criterion (0 of {maximum}).",
    },
    "limit": {
        "sl": "Podmerila skupaj presegajo največje število točk merila ({maximum}), zato se presežek odšteje: {points}.",
        "it": "I sottocriteri insieme superano il punteggio massimo del criterio ({maximum}), perciò l'eccedenza si detrae: {points}.",
        "en": "Together the sub-criteria exceed the maximum points of the criterion ({maximum}), so the excess is deducted: {points}.",
    },
    "limit_total": {
        "sl": "Vsota točk presega največje možno število točk ({maximum}), zato se presežek odšteje: {points}.",
        "it": "La somma dei punti supera il punteggio massimo possibile ({maximum}), perciò l'eccedenza si detrae: {points}.",
        "en": "The sum of points exceeds the most that is possible ({maximum}), so the excess is deducted: {points}.",
    },
    "second_pass_factor": {
        "sl": "V skupini »{group}« je vloga po številu točk med najboljšimi (mesto: {rank}), zato se njene točke pomnožijo: {working}.",
        "it": "Nel gruppo «{group}» la domanda è per punteggio tra le migliori (posto: {rank}), perciò i suoi punti si moltiplicano: {working}.",
        "en": "In the group “{group}” the application is among the best by points (place: {rank}), so its points are multiplied: {working}.",
    },
    "second_pass_points": {
        "sl": "V skupini »{group}« je vloga po številu točk med najboljšimi (mesto: {rank}), zato prejme dodatne točke: {points}.",
        "it": "Nel gruppo «{group}» la domanda è per punteggio tra le migliori (posto: {rank}), perciò riceve punti aggiuntivi: {points}.",
        "en": "In the group “{group}” the application is among the best by points (place: {rank}), so it gets additional points: {points}.",
    },
    "second_pass_not": {
        "sl": "V skupini »{group}« ima najboljša vloga [[pri merilu »{by}« |]]največ točk: {best}[[, zadnja med najboljšimi pa {last}]]; ta vloga jih ima {own} (mesto: {rank}), zato po tem pravilu ne pridobi ničesar.",
        "it": "Nel gruppo «{group}» la domanda migliore ha ottenuto [[per il criterio «{by}» |]]questo punteggio: {best}[[, l'ultima tra le migliori {last}]]; questa domanda ha {own} (posto: {rank}), perciò con questa regola non ottiene nulla.",
        "en": "In the group “{group}” the best application has the most points[[ in “{by}”]]: {best}[[, the last of the best {last}]]; this application has {own} (place: {rank}), so this rule brings it nothing.",
    },
    "second_pass_equal": {
        "sl": "V skupini »{group}« ima [[pri merilu »{by}« |]]enako število točk ({own}) več vlog (število: {equals}), kot je še mest med najboljšimi ({left}), zato po tem pravilu nobena od njih ne pridobi ničesar.",
        "it": "Nel gruppo «{group}» le domande con lo stesso punteggio ({own})[[ per il criterio «{by}»]] sono {equals}, più dei posti ancora liberi tra le migliori ({left}), perciò con questa regola nessuna di esse ottiene nulla.",
        "en": "In the group “{group}” more applications ({equals}) have equally many points[[ in “{by}”]] ({own}) than there are places left among the best ({left}), so this rule brings none of them anything.",
    },
    # What was found out about a fact.
    "verified": {
        "sl": "Podatek »{label}« je bil preverjen[[ {verified_day}]][[ ({source})]]: velja {value}; v vlogi je navedeno {stated}.",
        "it": "Il dato «{label}» è stato verificato[[ il {verified_day}]][[ ({source})]]: vale {value}; nella domanda è indicato {stated}.",
        "en": "“{label}” was verified[[ on {verified_day}]][[ ({source})]]: {value} counts; the application states {stated}.",
    },
    "verified_same": {
        "sl": "Podatek »{label}« je bil preverjen[[ {verified_day}]][[ ({source})]] in potrjen: {value}.",
        "it": "Il dato «{label}» è stato verificato[[ il {verified_day}]][[ ({source})]] e confermato: {value}.",
        "en": "“{label}” was verified[[ on {verified_day}]][[ ({source})]] and confirmed: {value}.",
    },
    "unproven": {
        "sl": "Podatek »{label}« ni izkazan, zato se ne upošteva (v vlogi je navedeno {stated}).",
        "it": "Il dato «{label}» non è comprovato, perciò non si considera (nella domanda è indicato {stated}).",
        "en": "“{label}” is not proven, so it does not count (the application states {stated}).",
    },
    "unproven_stated": {
        "sl": "Podatek »{label}« ni izkazan; po objavljenih pravilih se kljub temu upošteva {value}.",
        "it": "Il dato «{label}» non è comprovato; secondo le regole pubblicate si considera comunque {value}.",
        "en": "“{label}” is not proven; by the published rules {value} counts all the same.",
    },
    "more_notes": {
        "sl": "Število drugih preverjenih ali neizkazanih podatkov: {count}.",
        "it": "Numero di altri dati verificati o non comprovati: {count}.",
        "en": "Other facts that were verified or are not proven: {count}.",
    },
    # Why a sheet does not compete.
    "threshold": {
        "sl": "Doseženo število točk je {points}, prag pa je {minimum}, zato vloga praga ne doseže.",
        "it": "La domanda ha ottenuto {points} <points:counted> e la soglia è {minimum}, perciò non la raggiunge.",
        "en": "The application reached {points} <points:counted> and the threshold is {minimum}, so it does not reach it.",
    },
    "threshold_over": {
        "sl": "Doseženo število točk je {points}, preseči pa je treba {minimum}, zato vloga praga ne preseže.",
        "it": "La domanda ha ottenuto {points} <points:counted> e deve superarne {minimum}, perciò non supera la soglia.",
        "en": "The application reached {points} <points:counted> and must exceed {minimum}, so it does not pass the threshold.",
    },
    "criterion_threshold": {
        "sl": "Pri merilu »{title}« je doseženo število točk {points}, zahtevanih pa je najmanj {minimum}.",
        "it": "Per il criterio «{title}» la domanda ha ottenuto {points} <points:counted>, il minimo richiesto è {minimum}.",
        "en": "In “{title}” the application reached {points} <points:counted> and at least {minimum} are required.",
    },
    "criterion_threshold_over": {
        "sl": "Pri merilu »{title}« je doseženo število točk {points}, zahtevanih pa je več kot {minimum}.",
        "it": "Per il criterio «{title}» la domanda ha ottenuto {points} <points:counted>, ne sono richiesti più di {minimum}.",
        "en": "In “{title}” the application reached {points} <points:counted> and more than {minimum} are required.",
    },
    "below_best": {
        "sl": "Prag je {percent} % točk najboljše vloge, to je {minimum}; ta vloga je dosegla {points}.",
        "it": "La soglia è <percent:il>{percent} % dei punti della domanda migliore, cioè {minimum}; questa domanda ne ha ottenuti {points}.",
        "en": "The threshold is {percent} % of the points of the best application, that is {minimum}; this application reached {points}.",
    },
    "below_mean": {
        "sl": "Prag je {percent} % povprečja točk vseh vlog, to je {minimum}; ta vloga je dosegla {points}.",
        "it": "La soglia è <percent:il>{percent} % della media dei punti di tutte le domande, cioè {minimum}; questa domanda ne ha ottenuti {points}.",
        "en": "The threshold is {percent} % of the mean points of all applications, that is {minimum}; this application reached {points}.",
    },
    "below_median": {
        "sl": "Prag je {percent} % mediane točk vseh vlog, to je {minimum}; ta vloga je dosegla {points}.",
        "it": "La soglia è <percent:il>{percent} % della mediana dei punti di tutte le domande, cioè {minimum}; questa domanda ne ha ottenuti {points}.",
        "en": "The threshold is {percent} % of the median points of all applications, that is {minimum}; this application reached {points}.",
    },
    "below_sum": {
        "sl": "Prag je {percent} % vsote točk vseh vlog, to je {minimum}; ta vloga je dosegla {points}.",
        "it": "La soglia è <percent:il>{percent} % della somma dei punti di tutte le domande, cioè {minimum}; questa domanda ne ha ottenuti {points}.",
        "en": "The threshold is {percent} % of the sum of points of all applications, that is {minimum}; this application reached {points}.",
    },
    "gate": {
        "sl": "Zahteva glede doseženih točk ni izpolnjena: {answer} Izračun: {working}.",
        "it": "Il requisito sui punti ottenuti non è soddisfatto: {answer} Calcolo: {working}.",
        "en": "What is required of the points is not met: {answer} Computed: {working}.",
    },
    "condition": {
        "sl": "Pogoj ni izpolnjen: {answer} Izračun: {working}.",
        "it": "Il requisito non è soddisfatto: {answer} Calcolo: {working}.",
        "en": "A condition is not met: {answer} Computed: {working}.",
    },
    "condition_met": {
        "sl": "Pogoj je izpolnjen: {answer} Izračun: {working}.",
        "it": "Il requisito è soddisfatto: {answer} Calcolo: {working}.",
        "en": "A condition is met: {answer} Computed: {working}.",
    },
    "condition_exempt": {
        "sl": "Pogoj sicer ni izpolnjen: {answer} Velja pa izjema ({exemption_article}): {exemption} Izračun: {working}.",
        "it": "Il requisito di per sé non è soddisfatto: {answer} Vale però un'eccezione ({exemption_article}): {exemption} Calcolo: {working}.",
        "en": "A condition is not met by itself: {answer} But an exception applies ({exemption_article}): {exemption} Computed: {working}.",
    },
    "condition_office": {
        "sl": "Izpolnjevanje pogoja ugotovi občina: {answer}",
        "it": "Il requisito è accertato dal comune: {answer}",
        "en": "The municipality establishes whether this condition is met: {answer}",
    },
    "no_items": {
        "sl": "Vloga ne vsebuje ničesar, kar bi se ocenjevalo za ta sredstva.",
        "it": "La domanda non contiene nulla da valutare per questi fondi.",
        "en": "The application contains nothing that could be scored for these funds.",
    },
    "no_item_passes": {
        "sl": "Nič od navedenega v vlogi ne izpolnjuje zahtev za ta sredstva.",
        "it": "Nulla di quanto indicato nella domanda soddisfa i requisiti per questi fondi.",
        "en": "Nothing in the application meets the requirements for these funds.",
    },
}  # fmt: skip
