"""The sentences of the smallest change that would have altered a result, in Slovenian, Italian and English."""

SENTENCES_CHANGES: dict[str, dict[str, str]] = {
    "change_item": {"sl": "»{answer}«:", "it": "«{answer}»:", "en": "“{answer}”:"},
    "change_threshold": {
        "sl": "Do praga {minimum} <minimum:of> <points:manjka/manjkata/manjkajo/manjka/manjka> {points} <points:counted>[[; znesek bi bil potem {amount_cents}]].",
        "it": "Alla soglia di {minimum} <minimum:of> <points:manca/mancano> {points} <points:counted>[[; l'importo sarebbe allora {amount_cents}]].",
        "en": "{points} <points:point is/points are> missing to the threshold of {minimum}[[; the award would then be {amount_cents}]].",
    },
    "change_threshold_of_all": {
        "sl": "Prag izhaja iz točk vseh vlog; z višjim številom točk ga vloga doseže pri {minimum} <minimum:of>: <points:manjka/manjkata/manjkajo/manjka/manjka> {points} <points:counted>[[; znesek bi bil potem {amount_cents}]].",
        "it": "La soglia dipende dai punti di tutte le domande; con più punti la domanda la raggiunge a {minimum}: <points:manca/mancano> {points} <points:counted>[[; l'importo sarebbe allora {amount_cents}]].",
        "en": "The threshold follows from the points of all applications; with more points this one reaches it at {minimum}: {points} <points:point is/points are> missing[[; the award would then be {amount_cents}]].",
    },
    "change_threshold_of_all_over": {
        "sl": "Prag izhaja iz točk vseh vlog in ga je treba preseči; z višjim številom točk ga vloga preseže nad {minimum} <minimum:of>: manjka več kot {points} <points:točka/točki/točke/točk/točke>.",
        "it": "La soglia dipende dai punti di tutte le domande e va superata; con più punti la domanda la supera oltre {minimum}: manca più di {points} <points:counted>.",
        "en": "The threshold follows from the points of all applications and must be exceeded; with more points this one exceeds it above {minimum}: more than {points} <points:point is/points are> missing.",
    },
    "change_threshold_over": {
        "sl": "Prag je treba preseči: {minimum} <minimum:counted> še ne <minimum:zadošča/zadoščata/zadoščajo/zadošča/zadošča>, manjka več kot {points} <points:točka/točki/točke/točk/točke>.",
        "it": "La soglia va superata: {minimum} <minimum:punto non basta/punti non bastano>, manca più di {points} <points:counted>.",
        "en": "The threshold must be exceeded: {minimum} <minimum:point is/points are> not enough, more than {points} <points:point is/points are> missing.",
    },
    "change_fewer": {
        "sl": "Prag presega; razlika: {points} <points:counted>.",
        "it": "È sopra la soglia di {points} <points:counted>.",
        "en": "It is {points} <points:counted> above the threshold.",
    },
    "change_point": {
        "sl": "Točka več bi pomenila {more_cents} več ({amount_cents}).",
        "it": "Un punto in più avrebbe portato {more_cents} in più ({amount_cents}).",
        "en": "One point more would have meant {more_cents} more ({amount_cents}).",
    },
    "change_point_nothing": {
        "sl": "Točka več ne bi spremenila zneska {amount_cents}.",
        "it": "Un punto in più non avrebbe cambiato l'importo di {amount_cents}.",
        "en": "One point more would not have changed the amount of {amount_cents}.",
    },
    "change_point_less": {
        "sl": "Točka več bi pomenila {more_cents} manj ({amount_cents}).",
        "it": "Un punto in più avrebbe portato {more_cents} in meno ({amount_cents}).",
        "en": "One point more would have meant {more_cents} less ({amount_cents}).",
    },
    "change_more": {
        "sl": "[[Do zneska {amount_cents}|Do dodelitve sredstev]] <points:manjka/manjkata/manjkajo/manjka/manjka> {points} <points:counted>.",
        "it": "[[Per l'importo di {amount_cents}|Per ricevere fondi]] <points:manca/mancano> {points} <points:counted>.",
        "en": "{points} <points:point is/points are> missing to [[an award of {amount_cents}|an award]].",
    },
    "change_more_over": {
        "sl": "[[Do zneska {amount_cents}|Do dodelitve sredstev]] manjka več kot {points} <points:counted>.",
        "it": "[[Per l'importo di {amount_cents}|Per ricevere fondi]] manca più di {points} <points:counted>.",
        "en": "More than {points} <points:point is/points are> missing to [[an award of {amount_cents}|an award]].",
    },
    "change_more_equal": {
        "sl": "Vloga pred njo ima enako točk, odločil je vrstni red za izenačene; [[že z najmanjšo razliko v točkah bi bil znesek {amount_cents}|že z najmanjšo razliko v točkah bi prejela sredstva]].",
        "it": "La domanda che precede ha gli stessi punti e ha deciso l'ordine per i pari merito; [[con un punteggio anche di poco più alto l'importo sarebbe stato {amount_cents}|con un punteggio anche di poco più alto avrebbe ricevuto fondi]].",
        "en": "The one before it has equally many points and the order for ties decided; [[with any more points the award would have been {amount_cents}|with any more points it would have received money]].",
    },
    "change_less": {
        "sl": "Če bi vloga imela {points} <points:točko/točki/točke/točk/točke> manj, bi bil znesek {amount_cents}.",
        "it": "Con {points} <points:counted> in meno l'importo sarebbe stato {amount_cents}.",
        "en": "With {points} <points:counted> fewer the award would have been {amount_cents}.",
    },
    "change_less_over": {
        "sl": "Tudi če bi vloga imela {points} <points:točko/točki/točke/točk/točke> manj, bi znesek ostal enak; če bi jih imela še manj, bi bil {amount_cents}.",
        "it": "Anche con {points} <points:counted> in meno l'importo sarebbe rimasto uguale; con ancora meno sarebbe stato {amount_cents}.",
        "en": "Even with {points} <points:counted> fewer the award would have stayed the same; with fewer still it would have been {amount_cents}.",
    },
    "change_less_equal": {
        "sl": "Enako točk ima tudi druga vloga, odločil je vrstni red za izenačene; če bi jih imela le malo manj, bi bil znesek {amount_cents}.",
        "it": "Un'altra domanda ha gli stessi punti e ha deciso l'ordine per i pari merito; con un punteggio anche di poco più basso l'importo sarebbe stato {amount_cents}.",
        "en": "Another application has equally many points and the order for ties decided; with any fewer points the award would have been {amount_cents}.",
    },
    "change_more_beyond": {
        "sl": "Z višjim številom točk[[ (za več kot {points})]] [[bi bil znesek {amount_cents}|bi prejela sredstva]].",
        "it": "Con un punteggio più alto[[ (di più di {points})]] [[l'importo sarebbe stato {amount_cents}|avrebbe ricevuto fondi]].",
        "en": "With more points[[ (by more than {points})]] [[the award would have been {amount_cents}|it would have received money]].",
    },
    "change_less_beyond": {
        "sl": "Z nižjim številom točk[[ (za več kot {points})]] bi bil znesek {amount_cents}.",
        "it": "Con un punteggio più basso[[ (di più di {points})]] l'importo sarebbe stato {amount_cents}.",
        "en": "With fewer points[[ (by more than {points})]] the award would have been {amount_cents}.",
    },
    "change_arrival": {
        "sl": "Na {place}. mestu po vrstnem redu prispetja bi bil znesek {amount_cents}.",
        "it": "Al posto {place} dell'ordine di arrivo l'importo sarebbe stato {amount_cents}.",
        "en": "In place {place} of the order of receipt the award would have been {amount_cents}.",
    },
    # Kept with results of before: how far the line of a list was.
    "change_cut": {
        "sl": "Do zadnjega mesta, ki je še prejelo sredstva, <points:manjka/manjkata/manjkajo/manjka/manjka> {points} <points:counted>.",
        "it": "All'ultimo posto che ha ancora ricevuto fondi <points:manca/mancano> {points} <points:counted>.",
        "en": "{points} <points:point is/points are> missing to the last place that still received money.",
    },
    "change_cut_equal": {
        "sl": "Zadnje mesto, ki je še prejelo sredstva, ima enako točk; odločil je vrstni red za izenačene.",
        "it": "L'ultimo posto che ha ancora ricevuto fondi ha gli stessi punti; ha deciso l'ordine per i pari merito.",
        "en": "The last place that still received money has equally many points; the order for ties decided.",
    },
    "change_cut_margin": {
        "sl": "Prednost pred prvim mestom, ki ni prejelo polnega zneska: {points} <points:counted>.",
        "it": "Il vantaggio sul primo posto senza l'importo pieno è di {points} <points:counted>.",
        "en": "It is {points} <points:counted> ahead of the first place that did not get the full amount.",
    },
    "change_band": {
        "sl": "Merilo »{answer}«: pri vrednosti {value} {unit} (razred {band}) bi <points:bila/bili/bile/bilo/bilo> {points} <points:counted> več.",
        "it": "Criterio «{answer}»: con il valore {value} {unit} (fascia {band}) ci <points:sarebbe/sarebbero> {points} <points:counted> in più.",
        "en": "Criterion “{answer}”: a value of {value} {unit} (band {band}) would give {points} <points:counted> more.",
    },
    "change_score_band": {
        "sl": "Do razreda {band}, ki daje {percent} %, <points:manjka/manjkata/manjkajo/manjka/manjka> {points} <points:counted>[[; znesek bi bil potem {amount_cents}]].",
        "it": "Alla fascia {band}, che dà <percent:il>{percent} %, <points:manca/mancano> {points} <points:counted>[[; l'importo sarebbe allora {amount_cents}]].",
        "en": "{points} <points:point is/points are> missing to the band {band}, which gives {percent} %[[; the award would then be {amount_cents}]].",
    },
    "change_unknown": {
        "sl": "Tega ni bilo mogoče izračunati: z današnjimi ocenami, odgovori ali žrebom je izid drugačen kot v tej razdelitvi.",
        "it": "Non è stato possibile calcolarlo: con i punteggi, le risposte o i sorteggi di oggi il risultato è diverso da quello di questa ripartizione.",
        "en": "This could not be computed: the scores, answers or lots of today give another result than this distribution.",
    },
    "change_untried": {
        "sl": "Za ta znesek to ni bilo izračunano, ker je v razdelitvi preveč vlog, da bi preizkusili vse.",
        "it": "Per questo importo non è stato calcolato, perché le domande nella ripartizione sono troppe per provarle tutte.",
        "en": "This was not computed for this amount, because the distribution has too many applications to try them all.",
    },
    "change_condition": {
        "sl": "Sredstva bi bila mogoča, če bi bil izpolnjen pogoj: {answer}",
        "it": "I fondi sarebbero possibili se fosse soddisfatta la condizione: {answer}",
        "en": "Money would be possible if this condition were met: {answer}",
    },
}
