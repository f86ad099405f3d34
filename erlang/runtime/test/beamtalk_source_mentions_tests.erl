%% @doc What the text of a method mentions, by texts that are easy to read wrongly. That it agrees
%% with the compiler on all methods of the class library is a test of `SystemNavigation'.
-module(beamtalk_source_mentions_tests).

-include_lib("eunit/include/eunit.hrl").

sends(Text) -> [Selector || {send, Selector, _, _} <- beamtalk_source_mentions:of_method(Text)].

keyword_parts_over_lines_test() ->
    ?assertEqual(['at:put:'], sends(<<"x =>\n  d at: 1\n    put: 2">>)),
    ?assertEqual(['at:', foo], sends(<<"x =>\n  d at: 1\n  e foo">>)).

precedence_test() ->
    ?assertEqual(
        [{send, 'print:', self, 1}, {send, '+', other, 1}, {send, abs, other, 1}, {send, '*', other, 1}],
        beamtalk_source_mentions:of_method(<<"x => self print: 1 + y abs * 2">>)
    ).

receivers_test() ->
    ?assertMatch(
        [{send, foo, self, 1}, {class, 'Random', 1}, {send, new, {class, 'Random'}, 1}, {send, x, super, 1}, {send, '+', super, 1} | _],
        beamtalk_source_mentions:of_method(<<"x => self foo. Random new. super x. super + 1">>)
    ).

cascade_goes_to_the_first_receiver_test() ->
    ?assertEqual(
        [{send, 'show:', self, 1}, {send, cr, self, 1}],
        beamtalk_source_mentions:of_method(<<"x => self show: 1; cr">>)
    ).

futures_are_sends_of_their_own_test() ->
    ?assertEqual(['get:', 'whenResolved:whenRejected:'], sends(<<"x => a get: 1 whenResolved: p whenRejected: q">>)).

interpolation_test() ->
    ?assertEqual([area, 'at:', one], sends(<<"x => \"{self area} {d at: \"{self one}\"} \\{no sends} \\u{1F600}\"">>)).

comments_and_symbols_test() ->
    ?assertEqual(
        [{symbol, 'at:put:', 2}, {symbol, 'a b', 2}, {symbol, '+', 2}],
        beamtalk_source_mentions:of_method(<<"x => // foo bar\n  #(#at:put:, #'a b', #+) /* foo /* bar */ baz */">>)
    ).

fields_test() ->
    ?assertEqual(
        [{write, a, 1}, {read, b, 1}, {read, c, 1}, {write, c, 1}],
        beamtalk_source_mentions:of_method(<<"x => self.a := self.b. self.c += 1">>)
    ).

negative_numbers_are_no_subtractions_test() ->
    ?assertEqual(['+', '-'], sends(<<"x => a + -1 - 2">>)).

patterns_send_nothing_test() ->
    ?assertEqual(
        [{class, 'Result', 1}, {send, go, other, 1}, {symbol, b, 2}, {send, '>', other, 2}, {send, stop, other, 2}],
        beamtalk_source_mentions:of_method(<<"x => e match: [Result ok: v -> v go\n  #(#b, ...r) when: [r > 1] -> r stop]">>)
    ).

guards_test() ->
    ?assertEqual(['>', go], sends(<<"at: x when: [x > 1] => x go">>)),
    ?assertEqual([go], sends(<<"when: x do: y => x go">>)).

clauses_test() ->
    ?assertEqual([one, two], sends(<<"at: {#a, x} => x one\n  at: y :: Integer | nil => y two">>)).

binaries_test() ->
    ?assertEqual([size], sends(<<"x => <<n:16, (a size):8, rest/binary>>">>)).

erlang_test() ->
    ?assertEqual(
        [{class, 'Erlang', 1}, {erlang, lists, seq, 2, 1}],
        beamtalk_source_mentions:of_method(<<"x => Erlang lists seq: 1 to: 3">>)
    ).

announced_test() ->
    ?assertMatch(
        [{send, 'announce:', self, 1}, {class, 'Moved', 1}, {send, 'to:', {class, 'Moved'}, 1}, {announced, 'Moved', 1}],
        beamtalk_source_mentions:of_method(<<"x => self announce: (Moved to: 3)">>)
    ).

any_text_is_read_test() ->
    [?assert(is_list(beamtalk_source_mentions:of_method(Text))) || Text <- [
        <<>>, <<"=>">>, <<"x => [">>, <<"x => )">>, <<"\"{a">>, <<"x => #">>, <<"$">>, <<"'">>, <<"x => {1, ">>, <<"/* a">>,
        <<"x => a match: [b">>, <<"x => 1 ; ; |>> !">>, <<"x => <<1">>, <<"::">>, <<"x => y :: ">>, <<"a when: ">>
    ]].
