%% @doc Selectors as atoms: how many arguments they take and how they look.
-module(beamtalk_selector).

-export([arity/1, is_binary_selector/1, is_bare_symbol/1, closest/2, first_of_two/2]).

%% The number of arguments: one for a binary selector, else the number of colons.
-spec arity(atom()) -> non_neg_integer().
arity(Selector) ->
    Text = atom_to_list(Selector),
    case is_binary_text(Text) of
        true -> 1;
        false -> length([C || C <- Text, C =:= $:])
    end.

-spec is_binary_selector(atom()) -> boolean().
is_binary_selector(Selector) -> is_binary_text(atom_to_list(Selector)).

is_binary_text([]) -> false;
is_binary_text("=:=") -> true;
is_binary_text(Text) -> lists:all(fun is_operator/1, Text).

is_operator(C) -> lists:member(C, "+-*/\\~<>=@%|&?,!^").

%% Can the symbol be written after `#' without quotes?
-spec is_bare_symbol(binary()) -> boolean().
is_bare_symbol(Text) ->
    case binary_to_list(Text) of
        [] -> false;
        [C | _] = Chars when C >= $0, C =< $9 -> is_binary_text(Chars);
        Chars -> is_binary_text(Chars) orelse is_word(Chars)
    end.

%% An identifier, or keyword parts that each end in a colon.
is_word([C | Rest]) when C >= $a, C =< $z; C >= $A, C =< $Z; C =:= $_ -> is_word_rest(Rest);
is_word(_) -> false.

is_word_rest(Chars) ->
    case lists:dropwhile(fun is_word_char/1, Chars) of
        [] -> true;
        ":" -> true;
        [$: | Next] -> is_word(Next) andalso lists:last(Next) =:= $:;
        _ -> false
    end.

is_word_char(C) ->
    (C >= $a andalso C =< $z) orelse (C >= $A andalso C =< $Z) orelse
        (C >= $0 andalso C =< $9) orelse C =:= $_.

%% The longest keyword message that is understood at the beginning of a selector, and what is left.
-spec first_of_two(atom(), [atom()]) -> {atom(), string()} | none.
first_of_two(Selector, Understood) ->
    Parts = string:split(atom_to_list(Selector), ":", all),
    first_of_two(lists:droplast(Parts), length(Parts) - 2, Understood).

first_of_two(_, Count, _) when Count < 1 -> none;
first_of_two(Parts, Count, Understood) ->
    {First, Rest} = lists:split(Count, Parts),
    Text = keywords(First),
    case [Each || Each <- Understood, atom_to_list(Each) =:= Text] of
        [Found | _] -> {Found, keywords(Rest)};
        [] -> first_of_two(Parts, Count - 1, Understood)
    end.

keywords(Parts) -> lists:append([Part ++ ":" || Part <- Parts]).

%% The nearest of the candidates, where one is near enough to be a slip of the keyboard.
-spec closest(atom(), [atom()]) -> atom() | none.
closest(Selector, Candidates) ->
    Text = atom_to_list(Selector),
    case length(Text) > 1 andalso not is_binary_text(Text) of
        true -> closest(Selector, Text, Candidates);
        false -> none
    end.

closest(Selector, Text, Candidates) ->
    Limit = max(1, min(3, length(Text) div 3)),
    Ranked = lists:sort([
        {Distance, abs(beamtalk_selector:arity(C) - arity(Selector)), C}
     || C <- lists:usort(Candidates),
        C =/= Selector,
        abs(length(atom_to_list(C)) - length(Text)) =< Limit,
        (Distance = distance(Text, atom_to_list(C))) =< Limit
    ]),
    case Ranked of
        [{_, _, Best} | _] -> Best;
        [] -> none
    end.

%% Edit distance in which a swap of two neighbours counts as one, row by row.
distance(A, B) ->
    distance(A, none, B, none, lists:seq(0, length(B)), 1).

distance([], _, _, _, Row, _) ->
    lists:last(Row);
distance([C | Rest], PreviousChar, B, Above2, Above, I) ->
    Row = next_row(C, PreviousChar, B, none, Above2, Above, [I]),
    distance(Rest, C, B, Above, Row, I + 1).

next_row(_, _, [], _, _, _, Done) ->
    lists:reverse(Done);
next_row(C, PreviousChar, [D | Rest], PreviousD, Above2, [Diagonal, Up | _] = Above, [Left | _] = Done) ->
    Substitution = Diagonal + cost(C, D),
    Plain = lists:min([Substitution, Up + 1, Left + 1]),
    Value =
        case Above2 of
            [TwoBack | _] when C =:= PreviousD, D =:= PreviousChar, C =/= D ->
                min(Plain, TwoBack + 1);
            _ ->
                Plain
        end,
    NextAbove2 =
        case {Above2, PreviousD} of
            {none, _} -> none;
            {_, none} -> Above2;
            {[_ | Tail], _} -> Tail
        end,
    next_row(C, PreviousChar, Rest, D, NextAbove2, tl(Above), [Value | Done]).

cost(C, C) -> 0;
cost(_, _) -> 1.
