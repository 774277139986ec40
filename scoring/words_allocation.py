"""The sentences of steps of an allocation, in Slovenian, Italian and English."""

SENTENCES_ALLOCATION: dict[str, dict[str, str]] = {
    "no_points": {
        "sl": "Vloga ni dosegla točk, zato ne prejme sredstev.",
        "it": "La domanda non ha ottenuto punti, perciò non riceve fondi.",
        "en": "The application reached no points, so it receives nothing.",
    },
    "pot": {
        "sl": "Razpisana sredstva: {amount_cents}.",
        "it": "Fondi messi a bando: {amount_cents}.",
        "en": "Published funds: {amount_cents}.",
    },
    "size_shared": {
        "sl": "Del sklada »{answer}« po številu[[ ({article})]]: »{counted}« {count} od skupaj {everybody}, torej {amount_cents} od {left_cents}.",
        "it": "Parte del fondo «{answer}» secondo il numero[[ ({article})]]: «{counted}» {count} su {everybody} in tutto, quindi {amount_cents} su {left_cents}.",
        "en": "Part of the fund “{answer}” by number[[ ({article})]]: “{counted}” {count} of {everybody} in all, so {amount_cents} of {left_cents}.",
    },
    "size_rate": {
        "sl": "Del sklada »{answer}« po številu[[ ({article})]]: »{counted}« {count} × {rate_cents} = {amount_cents}.",
        "it": "Parte del fondo «{answer}» secondo il numero[[ ({article})]]: «{counted}» {count} × {rate_cents} = {amount_cents}.",
        "en": "Part of the fund “{answer}” by number[[ ({article})]]: “{counted}” {count} × {rate_cents} = {amount_cents}.",
    },
    "size_rate_cut": {
        "sl": "Del sklada »{answer}« po številu[[ ({article})]]: »{counted}« {count} × {rate_cents} = {product} EUR; za vse dele bi bilo treba {wanted} EUR, na voljo je {left_cents}, zato se vsi deli znižajo v enakem razmerju: {amount_cents}.",
        "it": "Parte del fondo «{answer}» secondo il numero[[ ({article})]]: «{counted}» {count} × {rate_cents} = {product} EUR; per tutte le parti servirebbero {wanted} EUR, ci sono {left_cents}, perciò tutte sono ridotte nella stessa proporzione: {amount_cents}.",
        "en": "Part of the fund “{answer}” by number[[ ({article})]]: “{counted}” {count} × {rate_cents} = {product} EUR; all parts would need {wanted} EUR and there are {left_cents}, so all are reduced in the same proportion: {amount_cents}.",
    },
    "size_rest": {
        "sl": "Drugi deli sklada »{answer}« so pustili {amount_cents}[[ ({article})]].",
        "it": "Le altre parti del fondo «{answer}» hanno lasciato {amount_cents}[[ ({article})]].",
        "en": "The other parts of the fund “{answer}” left {amount_cents}[[ ({article})]].",
    },
    "joined": {
        "sl": "Pred izračunom se jim je pridružil ostanek {joined_cents} iz sredstev »{answer}«, skupaj {available_cents}.",
        "it": "Prima del calcolo vi si è aggiunto il residuo di {joined_cents} dai fondi «{answer}», in totale {available_cents}.",
        "en": "Before the computation the leftover {joined_cents} of “{answer}” joined them, in all {available_cents}.",
    },
    "point_value": {
        "sl": "Vrednost točke: {available_cents} : {points_total} <points_total:counted> = {value} EUR.",
        "it": "Valore del punto: {available_cents} : {points_total} <points_total:counted> = {value} EUR.",
        "en": "Point value: {available_cents} : {points_total} <points_total:counted> = {value} EUR.",
    },
    "product": {
        "sl": "{points} <points:counted> × {value} EUR = {product} EUR.",
        "it": "{points} <points:counted> × {value} EUR = {product} EUR.",
        "en": "{points} <points:counted> × {value} EUR = {product} EUR.",
    },
    "request_share": {
        "sl": "Delež zaprošenega zneska po doseženih točkah: {requested_cents} × {points} / {maximum} = {product} EUR.",
        "it": "Quota dell'importo richiesto in base ai punti: {requested_cents} × {points} / {maximum} = {product} EUR.",
        "en": "Share of the request by points: {requested_cents} × {points} / {maximum} = {product} EUR.",
    },
    "scaled": {
        "sl": "Skupni deleži {wanted} EUR presegajo razpoložljivih {available_cents}, zato se vsi enako sorazmerno zmanjšajo: {product} EUR.",
        "it": "Le quote sommate ({wanted} EUR) superano i {available_cents} disponibili, perciò tutte sono ridotte in proporzione: {product} EUR.",
        "en": "All shares together ({wanted} EUR) exceed the available {available_cents}, so all are reduced in proportion: {product} EUR.",
    },
    "cap_request": {
        "sl": "Dodeljeni znesek ne sme presegati zaprošenega, zato je omejen na {cap_cents}.",
        "it": "L'importo assegnato non può superare quello richiesto, perciò è limitato a {cap_cents}.",
        "en": "An award may not exceed the request, so it is limited to {cap_cents}.",
    },
    "cap_amount": {
        "sl": "Najvišji znesek na vlogo je {cap_cents}, zato je dodelitev omejena nanj.",
        "it": "L'importo massimo per domanda è {cap_cents}, perciò l'assegnazione vi è limitata.",
        "en": "The highest amount for one application is {cap_cents}, so the award is limited to it.",
    },
    "cap_cost": {
        "sl": "Sofinancira se največ {share} % [[zneska »{cost}«|upravičenih stroškov]], zato je dodelitev omejena na {cap_cents}.",
        "it": "Si cofinanzia al massimo <share:il>{share} % [[dell'importo «{cost}»|delle spese ammissibili]], perciò l'assegnazione è limitata a {cap_cents}.",
        "en": "At most {share} % of [[“{cost}”|the eligible costs]] is co-financed, so the award is limited to {cap_cents}.",
    },
    "reshared": {
        "sl": "Kar so omejitve odvzele drugim, se je po istem pravilu razdelilo naprej (prerazdelitev {passes}-krat).",
        "it": "Quanto i limiti hanno tolto ad altri è stato ripartito di nuovo con la stessa regola ({passes} <passes:volta/volte>).",
        "en": "What the limits took from others was shared again by the same rule ({passes} <passes:time/times>).",
    },
    "minimum_dropped": {
        "sl": "Izračunani znesek je nižji od najnižjega zneska {minimum_cents}, zato se po objavljenih pravilih ne dodeli.",
        "it": "L'importo calcolato è inferiore al minimo di {minimum_cents}, perciò secondo le regole pubblicate non viene assegnato.",
        "en": "The computed amount is below the minimum of {minimum_cents}, so by the published rules it is not awarded.",
    },
    "minimum_reached": {
        "sl": "Le zaradi zaokrožitve vrednosti bi bil znesek nižji od najnižjega, zato se dodeli {minimum_cents}.",
        "it": "Solo per l'arrotondamento del valore l'importo sarebbe inferiore al minimo, perciò si assegnano {minimum_cents}.",
        "en": "Only because the value was rounded would the amount be below the minimum, so {minimum_cents} is awarded.",
    },
    "minimum_raised": {
        "sl": "Izračunani znesek je nižji od najnižjega zneska, zato se zviša na {minimum_cents}.",
        "it": "L'importo calcolato è inferiore al minimo, perciò è elevato a {minimum_cents}.",
        "en": "The computed amount is below the minimum, so it is raised to {minimum_cents}.",
    },
    "minimum_kept": {
        "sl": "Za zvišanje drugih na najnižji znesek se najprej odšteje {raised_cents}; deli se {available_cents}.",
        "it": "Per elevare altri all'importo minimo si detraggono prima {raised_cents}; si ripartiscono {available_cents}.",
        "en": "First {raised_cents} is set aside to raise others to the minimum; {available_cents} is divided.",
    },
    "minimum_left": {
        "sl": "Za najnižji znesek vsem ni dovolj sredstev, zato <number:izpade {number} vloga/izpadeta {number} vlogi/izpadejo {number} vloge/izpade {number} vlog/izpade {number} vloge> z najnižjim izračunanim zneskom, sredstva pa se razdelijo med druge.",
        "it": "I fondi non bastano per il minimo di tutti, perciò <number:esce {number} domanda/escono {number} domande> con l'importo calcolato più basso e i fondi si ripartiscono tra le altre.",
        "en": "There is not enough for the minimum of all, so the {number} with the lowest computed <number:amount leaves/amounts leave> and the money is divided among the others.",
    },
    "minimum_unfunded": {
        "sl": "Razpoložljiva sredstva ne zadoščajo za najnižji znesek {minimum_cents} vsem, zato ga vloge z najnižjim izračunanim zneskom ne prejmejo.",
        "it": "I fondi disponibili non bastano per dare a tutti il minimo di {minimum_cents}, perciò le domande con l'importo calcolato più basso non lo ricevono.",
        "en": "The available funds do not suffice for the minimum of {minimum_cents} for all, so the applications with the lowest computed amount do not receive it.",
    },
    "value_cut": {
        "sl": "Navzgor zaokrožena vrednost točke bi presegla razpoložljiva sredstva, zato se njene nadaljnje decimalke opustijo.",
        "it": "Il valore del punto arrotondato per eccesso supererebbe i fondi disponibili, perciò i decimali ulteriori sono troncati.",
        "en": "A point value rounded up would exceed the available funds, so its further decimals are cut.",
    },
    "rounded": {
        "sl": "Zaokroženo na {unit_cents}: {amount_cents}.",
        "it": "Arrotondato a {unit_cents}: {amount_cents}.",
        "en": "Rounded to {unit_cents}: {amount_cents}.",
    },
    "closing_unit": {
        "sl": "Pri zaključku sredstev je po pravilu največjega ostanka prejela še {unit_cents}: {amount_cents}.",
        "it": "Alla chiusura dei fondi, per la regola del resto maggiore, ha ricevuto ancora {unit_cents}: {amount_cents}.",
        "en": "When the pot was closed it received {unit_cents} more by the rule of the largest remainder: {amount_cents}.",
    },
    "taken_back": {
        "sl": "Ker bi zaokrožitev presegla razpoložljiva sredstva, se po objavljenem pravilu odvzame {unit_cents}: {amount_cents}.",
        "it": "Poiché l'arrotondamento supererebbe i fondi disponibili, per la regola pubblicata si tolgono {unit_cents}: {amount_cents}.",
        "en": "Since rounding would exceed the available funds, {unit_cents} is taken back by the published rule: {amount_cents}.",
    },
    "actual_cost": {"sl": "Izkazani stroški: {cost_cents}.", "it": "Spese comprovate: {cost_cents}.", "en": "Proven costs: {cost_cents}."},
    "costs_scaled": {
        "sl": "Izkazani stroški vseh ({wanted_cents}) presegajo razpoložljiva sredstva {available_cents}, zato se sorazmerno zmanjšajo: {product} EUR.",
        "it": "Le spese comprovate di tutti ({wanted_cents}) superano i fondi disponibili {available_cents}, perciò sono ridotte in proporzione: {product} EUR.",
        "en": "The proven costs of all ({wanted_cents}) exceed the available {available_cents}, so they are reduced in proportion: {product} EUR.",
    },
    "award": {"sl": "Dodeljeni znesek: {amount_cents}.", "it": "Importo assegnato: {amount_cents}.", "en": "Award: {amount_cents}."},
    "cap_limit": {
        "sl": "Po posebni omejitvi »{answer}« je znesek omejen na {cap_cents}.",
        "it": "In base al limite specifico «{answer}» l'importo è limitato a {cap_cents}.",
        "en": "By the limit “{answer}” the amount is at most {cap_cents}.",
    },
    "cap_basis": {
        "sl": "Nihče ne prejme več, kot znaša njegova osnova, zato je znesek omejen na {cap_cents}.",
        "it": "Nessuno riceve più della propria base, perciò l'importo è limitato a {cap_cents}.",
        "en": "Nobody gets more than the own basis, so the amount is limited to {cap_cents}.",
    },
    "equal_base": {
        "sl": "Najprej vsak prejme enak osnovni znesek, tu {base_cents}; po točkah se nato deli {available_cents}.",
        "it": "Ciascuno riceve prima un importo base uguale, qui {base_cents}; in base ai punti si ripartiscono poi {available_cents}.",
        "en": "First everybody gets the same base amount, here {base_cents}; then {available_cents} is divided by points.",
    },
    "base_short": {
        "sl": "Za enak osnovni znesek {wanted_cents} vsem ni dovolj sredstev, zato se razdelijo na enake dele po {each_cents}.",
        "it": "I fondi non bastano per dare a tutti l'importo base di {wanted_cents}, perciò si dividono in parti uguali di {each_cents}.",
        "en": "There is not enough for the base amount of {wanted_cents} for all, so the money is divided into equal parts of {each_cents}.",
    },
    "fixed_value": {
        "sl": "Vrednost točke je določena vnaprej: {value} EUR.",
        "it": "Il valore del punto è fissato in anticipo: {value} EUR.",
        "en": "The point value was set beforehand: {value} EUR.",
    },
    "driver": {
        "sl": "»{answer}« ({percent} % sredstev, {slice} EUR): {own} od skupaj {total}, torej {product} EUR.",
        "it": "«{answer}» ({percent} % dei fondi, {slice} EUR): {own} su un totale di {total}, quindi {product} EUR.",
        "en": "“{answer}” ({percent} % of the money, {slice} EUR): {own} of {total} in all, therefore {product} EUR.",
    },
    "driver_sum": {
        "sl": "Vsi deli skupaj: {product} EUR.",
        "it": "Tutte le quote insieme: {product} EUR.",
        "en": "All parts together: {product} EUR.",
    },
    "reshared_to": {
        "sl": "Po prerazdelitvi: {product} EUR.",
        "it": "Dopo la nuova ripartizione: {product} EUR.",
        "en": "After sharing again: {product} EUR.",
    },
    "control_percentage": {
        "sl": "Skupni odstotek {percent} % × faktor {factor} × osnova {basis_cents} = {product} EUR.",
        "it": "Percentuale comune {percent} % × fattore {factor} × base {basis_cents} = {product} EUR.",
        "en": "Common percentage {percent} % × factor {factor} × basis {basis_cents} = {product} EUR.",
    },
    "score_band": {
        "sl": "{points} <points:counted> <points:je/sta/so/je/je> v razredu {band}: {percent} % od {requested_cents} = {product} EUR.",
        "it": "{points} <points:punto rientra/punti rientrano> nella fascia {band}: {percent} % di {requested_cents} = {product} EUR.",
        "en": "{points} <points:point lies/points lie> in the band {band}: {percent} % of {requested_cents} = {product} EUR.",
    },
    "no_score_band": {
        "sl": "Doseženo število točk {points} ni v nobenem razredu, za katerega je določen delež, zato se sredstva ne dodelijo.",
        "it": "{points} <points:punto non rientra/punti non rientrano> in alcuna fascia che preveda una quota, perciò non si assegnano fondi.",
        "en": "{points} <points:point lies/points lie> in no band that gives a share, so nothing is awarded.",
    },
    "full_request": {
        "sl": "Po pravilu se dodeli celoten zaprošeni znesek oziroma osnova: {requested_cents}.",
        "it": "La regola assegna l'intero importo richiesto o la base: {requested_cents}.",
        "en": "The rule gives the whole request or basis: {requested_cents}.",
    },
    "list_paid": {
        "sl": "Mesto na prednostni listi: {place}. Na voljo je bilo še {left_cents}, kar zadošča za {amount_cents}.",
        "it": "Posto in graduatoria: {place}. Erano ancora disponibili {left_cents}, sufficienti per {amount_cents}.",
        "en": "Place on the list: {place}. There was still {left_cents}, enough for {amount_cents}.",
    },
    "list_part": {
        "sl": "Mesto na prednostni listi: {place}. Od {amount_cents} je bilo na voljo le še {left_cents}, zato se dodeli ostanek.",
        "it": "Posto in graduatoria: {place}. Dei {amount_cents} erano disponibili solo {left_cents}, perciò si assegna il residuo.",
        "en": "Place on the list: {place}. Of {amount_cents} only {left_cents} was left, so that is awarded.",
    },
    "list_empty": {
        "sl": "Mesto na prednostni listi: {place}. Sredstva so bila razdeljena višje uvrščenim (na voljo še {left_cents}, potrebnih {amount_cents}).",
        "it": "Posto in graduatoria: {place}. I fondi sono andati a chi precede (disponibili {left_cents}, necessari {amount_cents}).",
        "en": "Place on the list: {place}. The money went to those placed higher ({left_cents} left, {amount_cents} needed).",
    },
    "list_short": {
        "sl": "Mesto na prednostni listi: {place}. Na voljo je bilo le še {left_cents}, potrebnih pa {amount_cents}; ker to ne zadošča, se po pravilu ne dodeli nič.",
        "it": "Posto in graduatoria: {place}. Restavano solo {left_cents} e ne servivano {amount_cents}; poiché non bastavano, secondo la regola non si assegna nulla.",
        "en": "Place on the list: {place}. Only {left_cents} was left and {amount_cents} needed; since that is not enough, the rule gives nothing.",
    },
    "list_closed": {
        "sl": "Mesto na prednostni listi: {place}. Lista se je končala pri višje uvrščeni vlogi, za katero ni bilo dovolj; nižje uvrščene po pravilu ne prejmejo sredstev (na voljo še {left_cents}, potrebnih {amount_cents}).",
        "it": "Posto in graduatoria: {place}. La graduatoria si è chiusa con una domanda precedente per cui i fondi non bastavano; secondo la regola chi segue non riceve fondi (disponibili {left_cents}, necessari {amount_cents}).",
        "en": "Place on the list: {place}. The list ended with an application placed higher for which there was not enough; by the rule those below it get nothing ({left_cents} left, {amount_cents} needed).",
    },
    "arrival_paid": {
        "sl": "Vrstni red prispetja: {place}. Na voljo je bilo še {left_cents}, kar zadošča za {amount_cents}.",
        "it": "Ordine di arrivo: {place}. Erano ancora disponibili {left_cents}, sufficienti per {amount_cents}.",
        "en": "Order of receipt: {place}. There was still {left_cents}, enough for {amount_cents}.",
    },
    "arrival_part": {
        "sl": "Vrstni red prispetja: {place}. Od {amount_cents} je bilo na voljo le še {left_cents}, zato se dodeli ostanek.",
        "it": "Ordine di arrivo: {place}. Dei {amount_cents} erano disponibili solo {left_cents}, perciò si assegna il residuo.",
        "en": "Order of receipt: {place}. Of {amount_cents} only {left_cents} was left, so that is awarded.",
    },
    "arrival_empty": {
        "sl": "Vrstni red prispetja: {place}. Sredstva so bila porabljena prej (na voljo še {left_cents}, potrebnih {amount_cents}).",
        "it": "Ordine di arrivo: {place}. I fondi erano esauriti prima (disponibili {left_cents}, necessari {amount_cents}).",
        "en": "Order of receipt: {place}. The money was used up before ({left_cents} left, {amount_cents} needed).",
    },
    "arrival_short": {
        "sl": "Vrstni red prispetja: {place}. Na voljo je bilo le še {left_cents}, potrebnih pa {amount_cents}; ker to ne zadošča, se po pravilu ne dodeli nič.",
        "it": "Ordine di arrivo: {place}. Restavano solo {left_cents} e ne servivano {amount_cents}; poiché non bastavano, secondo la regola non si assegna nulla.",
        "en": "Order of receipt: {place}. Only {left_cents} was left and {amount_cents} needed; since that is not enough, the rule gives nothing.",
    },
    "arrival_closed": {
        "sl": "Vrstni red prispetja: {place}. Dodeljevanje se je končalo pri prej prispeli vlogi, za katero ni bilo dovolj; poznejše po pravilu ne prejmejo sredstev (na voljo še {left_cents}, potrebnih {amount_cents}).",
        "it": "Ordine di arrivo: {place}. L'assegnazione si è chiusa con una domanda arrivata prima per cui i fondi non bastavano; secondo la regola le successive non ricevono fondi (disponibili {left_cents}, necessari {amount_cents}).",
        "en": "Order of receipt: {place}. Awarding ended with an application received before for which there was not enough; by the rule later ones get nothing ({left_cents} left, {amount_cents} needed).",
    },
    "category_amount": {
        "sl": "Za kategorijo »{answer}« je določen znesek {amount_cents}.",
        "it": "Per la categoria «{answer}» è previsto l'importo di {amount_cents}.",
        "en": "The category “{answer}” gives {amount_cents}.",
    },
    "with_base": {
        "sl": "Z osnovnim zneskom {base_cents} skupaj: {product} EUR.",
        "it": "Con l'importo base di {base_cents} in tutto: {product} EUR.",
        "en": "With the base amount of {base_cents} in all: {product} EUR.",
    },
    "balance_rest": {
        "sl": "Skupinam z najmanjšim ali največjim deležem pripada {fixed_cents}; med vse druge se deli {available_cents}.",
        "it": "Ai gruppi con una quota minima o massima spettano {fixed_cents}; tra tutti gli altri si ripartiscono {available_cents}.",
        "en": "Groups with a least or largest share get {fixed_cents}; {available_cents} is divided among all others.",
    },
    "tie_more_points": {
        "sl": "Enak delež ima več vlog; prednost ima vloga z več točkami.",
        "it": "Più domande hanno la stessa quota; precede quella con più punti.",
        "en": "Several applications have the same share; the one with more points comes first.",
    },
    "tie_earlier_submission": {
        "sl": "Enako točk ima več vlog; o vrstnem redu je odločilo, katera je bila prej popolna.",
        "it": "Più domande hanno gli stessi punti; ha deciso quale era completa per prima.",
        "en": "Several applications have the same points; the one that was complete earlier comes first.",
    },
    "tie_lot": {
        "sl": "Enako točk ima več vlog; o vrstnem redu je odločil žreb.",
        "it": "Più domande hanno gli stessi punti; ha deciso il sorteggio.",
        "en": "Several applications have the same points; a drawn lot decided the order.",
    },
    "tie_criterion": {
        "sl": "Enako točk ima več vlog; o vrstnem redu so odločile točke pri merilu »{answer}«.",
        "it": "Più domande hanno gli stessi punti; hanno deciso i punti del criterio «{answer}».",
        "en": "Several applications have the same points; the points in “{answer}” decided the order.",
    },
    "tie_applicant": {
        "sl": "Enako točk ima več vlog; o vrstnem redu je odločilo ime.",
        "it": "Più domande hanno gli stessi punti; ha deciso il nome.",
        "en": "Several applications have the same points; the name decided the order.",
    },
    "panel_amount": {
        "sl": "Komisija je določila {amount_cents}: {answer}",
        "it": "La commissione ha stabilito {amount_cents}: {answer}",
        "en": "The panel decided {amount_cents}: {answer}",
    },
    "exclusive": {
        "sl": "Sredstva se dodelijo le enkrat; vloga se upošteva pri »{answer}«, zato tu ne prejme sredstev.",
        "it": "I fondi si assegnano una volta sola; la domanda concorre per «{answer}», perciò qui non riceve fondi.",
        "en": "Money is given only once; the application is considered in “{answer}”, so it receives nothing here.",
    },
    "exclusive_except": {
        "sl": "Sredstva se sicer dodelijo le enkrat[[ ({article})]]; prijavitelj konkurira tu in pri {pots} po izjemi »{answer}«[[ ({except_article})]].",
        "it": "Di norma i fondi si assegnano una volta sola[[ ({article})]]; il richiedente concorre qui e per {pots} in base all'eccezione «{answer}»[[ ({except_article})]].",
        "en": "Money is otherwise given only once[[ ({article})]]; the applicant competes here and in {pots} by the exception “{answer}”[[ ({except_article})]].",
    },
    "balance_most": {
        "sl": "Skupina »{answer}« sme prejeti največ {percent} % sredstev, torej {group_cents}; ta znesek se deli znotraj skupine.",
        "it": "Il gruppo «{answer}» può ricevere al massimo <percent:il>{percent} % dei fondi, cioè {group_cents}, da ripartire al suo interno.",
        "en": "The group “{answer}” may get at most {percent} % of the money, {group_cents}, which is divided within it.",
    },
    "balance_least": {
        "sl": "Skupini »{answer}« pripada najmanj {percent} % sredstev; razdeli se {group_cents} znotraj skupine.",
        "it": "Al gruppo «{answer}» spetta almeno <percent:il>{percent} % dei fondi; si ripartiscono {group_cents} al suo interno.",
        "en": "The group “{answer}” gets at least {percent} % of the money; {group_cents} is divided within it.",
    },
    "balance_usable": {
        "sl": "Skupini »{answer}« pripada najmanj {percent} % sredstev, to je {share_cents}, po svojih omejitvah pa jih lahko porabi le {group_cents}; ta znesek se deli znotraj skupine.",
        "it": "Al gruppo «{answer}» spetta almeno <percent:il>{percent} % dei fondi, cioè {share_cents}, ma entro i propri limiti può usarne solo {group_cents}, da ripartire al suo interno.",
        "en": "The group “{answer}” is entitled to at least {percent} % of the money, {share_cents}, but under its limits it can use only {group_cents}, which is divided within it.",
    },
    "balance_no_group": {
        "sl": "Vloga ne pove, v katero skupino sodi, zato zanjo ne velja noben najmanjši ali največji delež.",
        "it": "La domanda non dice a quale gruppo appartiene, perciò per essa non vale alcuna quota minima o massima.",
        "en": "The application does not say to which group it belongs, so no least or largest share is for it.",
    },
    "received": {
        "sl": "Iz neporabljenih sredstev »{answer}« se doda {received_cents}, skupaj {amount_cents}.",
        "it": "Dai fondi non utilizzati di «{answer}» si aggiungono {received_cents}, in totale {amount_cents}.",
        "en": "From the unused money of “{answer}” {received_cents} is added, in all {amount_cents}.",
    },
    "closing_rest": {
        "sl": "Ostanek {unit_cents} po pravilu prejme prvi po vrstnem redu za izenačene: {amount_cents}.",
        "it": "Il resto di {unit_cents} va per regola al primo nell'ordine per i pari merito: {amount_cents}.",
        "en": "The rest of {unit_cents} goes by the rule to the first in the order for ties: {amount_cents}.",
    },
    "item": {"sl": "Postavka {item}: {answer}.", "it": "Voce {item}: {answer}.", "en": "Item {item}: {answer}."},
    "item_award": {
        "sl": "Za »{answer}«: {amount_cents}.",
        "it": "Per «{answer}»: {amount_cents}.",
        "en": "For “{answer}”: {amount_cents}.",
    },
}
