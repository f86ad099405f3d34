-module(beamtalk_send_tests).

-include_lib("eunit/include/eunit.hrl").

-define(send(R, S, A), beamtalk_send:send(R, S, A)).

caught(Fun) ->
    try Fun() of
        Value -> {answered, Value}
    catch
        Class:Reason:Stack -> beamtalk_exception:from(Class, Reason, Stack)
    end.

send_test_() ->
    beamtalk_stand_in:started([
        {"every term has a class", fun classes/0},
        {"sends to values and classes", fun values/0},
        {"messages that are not understood", fun unknown/0},
        {"extensions", fun extensions/0},
        {"extensions on the code path", fun extensions_of_path/0},
        {"Erlang modules", fun erlang_modules/0},
        {"reflection", fun reflection/0},
        {"class state", fun class_state/0},
        {"blocks", fun blocks/0},
        {"test fixtures", fun fixtures/0},
        {"names of the prompt", fun bindings/0},
        {"classes made at run time", fun builder/0}
    ]).

classes() ->
    Expected = [
        {1, 'Integer'}, {1.5, 'Float'}, {<<"a">>, 'String'}, {<<255>>, 'Binary'}, {<<"é"/utf8>>, 'String'},
        {[], 'List'}, {nil, 'UndefinedObject'}, {true, 'True'}, {false, 'False'}, {a, 'Symbol'},
        {#{}, 'Dictionary'}, {{1, 2}, 'Tuple'}, {fun() -> 1 end, 'Block'}, {self(), 'Pid'},
        {make_ref(), 'Reference'}, {{'$erlang', lists}, 'ErlangModule'}
    ],
    [?assertEqual(Name, beamtalk_class:name(beamtalk_class:class_of(Term))) || {Term, Name} <- Expected],
    Counter = beamtalk_stand_in:class('Counter'),
    ?assertEqual({'$metaclass', 'bt@test@Counter'}, beamtalk_class:class_object(Counter)),
    ?assertEqual({'$class', 'bt@stdlib@Metaclass'}, beamtalk_class:class_object({'$metaclass', 'bt@test@Counter'})),
    ?assert(beamtalk_class:is_kind_of(1, 'bt@stdlib@Value')),
    ?assertNot(beamtalk_class:is_kind_of(nil, 'bt@stdlib@Symbol')).

values() ->
    Point = ?send(beamtalk_stand_in:class('Point'), 'new:', [#{x => 3, y => 4}]),
    ?assertEqual(3, ?send(Point, x, [])),
    ?assertEqual(<<"Point(x: 3, y: 4)">>, ?send(Point, printString, [])),
    ?assertEqual(4, ?send(Point, 'perform:', [y])),
    ?assertMatch(#{kind := arity_mismatch}, caught(fun() -> ?send(Point, 'perform:withArguments:', [y, [1]]) end)),
    ?assertEqual('Point', ?send(beamtalk_stand_in:class('Point'), name, [])),
    ?assertMatch(#{kind := immutable_value}, caught(fun() -> ?send(Point, 'fieldAt:put:', [x, 1]) end)),
    ?assertEqual(3, ?send(Point, 'fieldAt:', [x])),
    ?assertMatch(#{kind := instantiation_error}, caught(fun() -> ?send(beamtalk_stand_in:class('Point'), 'new:', [#{z => 1}]) end)).

unknown() ->
    Point = ?send(beamtalk_stand_in:class('Point'), new, []),
    ?assertMatch(
        #{kind := does_not_understand, message := <<"Point does not understand #printStrng">>, hint := <<"Did you mean #printString?">>, selector := printStrng},
        caught(fun() -> ?send(Point, printStrng, []) end)
    ),
    ?assertMatch(
        #{message := <<"Point class does not understand #foo:">>, hint := nil},
        caught(fun() -> ?send(beamtalk_stand_in:class('Point'), 'foo:', [1]) end)
    ),
    Ghost = ?send(beamtalk_stand_in:class('Ghost'), make, []),
    ?assertEqual({'any:thing:', [1, 2]}, ?send(Ghost, 'any:thing:', [1, 2])).

extensions() ->
    ok = load_extension('bt@test@one+ext', 'Object', instance, shout, <<"one.bt">>),
    ?assertEqual({'bt@test@one+ext', 5}, ?send(5, shout, [])),
    ok = load_extension('bt@test@one+ext', 'Object', instance, shout, <<"one.bt">>),
    ?assertMatch(
        {error, #{kind := already_exists}},
        load_extension('bt@test@two+ext', 'Object', instance, shout, <<"two.bt">>)
    ),
    ok = load_extension('bt@test@two+ext', 'Counter', class, banner, <<"two.bt">>),
    Counter = beamtalk_stand_in:class('Counter'),
    ?assertEqual({'bt@test@two+ext', Counter}, ?send(Counter, banner, [])),
    ?assert(beamtalk_class:understands(5, shout)),
    ok = beamtalk_registry:unregister(['bt@test@one+ext', 'bt@test@two+ext']),
    ?assertMatch(#{kind := does_not_understand}, caught(fun() -> ?send(5, shout, []) end)).

extensions_of_path() ->
    ?assertMatch(#{kind := does_not_understand}, caught(fun() -> ?send(5, whisper, []) end)),
    Folder = filename:join(filename:basedir(user_cache, "beamtalk_send_tests"), integer_to_list(erlang:unique_integer([positive]))),
    File = filename:join(Folder, "bt@test@three+ext.beam"),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, extension_module('bt@test@three+ext', 'Integer', instance, whisper, <<"three.bt">>)),
    true = code:add_pathz(Folder),
    try
        ?assertEqual({'bt@test@three+ext', 5}, ?send(5, whisper, []))
    after
        code:del_path(Folder),
        file:del_dir_r(Folder)
    end.

load_extension(Module, Target, Side, Selector, File) ->
    code:purge(Module),
    {module, Module} = code:load_binary(Module, "", extension_module(Module, Target, Side, Selector, File)),
    beamtalk_registry:register([Module]).

extension_module(Module, Target, Side, Selector, File) ->
    Info = #{target => Target, side => Side, selector => Selector, function => extension, arity => 1, doc => nil, source => <<>>, signature => <<>>, line => 1, file => File},
    Forms = [
        {attribute, 1, module, Module},
        {attribute, 1, export, [{'$extensions', 0}, {extension, 1}]},
        {function, 1, '$extensions', 0, [{clause, 1, [], [], [erl_parse:abstract([Info])]}]},
        {function, 1, extension, 1, [{clause, 1, [{var, 1, 'X'}], [], [{tuple, 1, [{atom, 1, Module}, {var, 1, 'X'}]}]}]}
    ],
    {ok, Module, Binary} = compile:forms(Forms, []),
    Binary.

erlang_modules() ->
    ?assertEqual([2, 1], ?send({'$erlang', lists}, 'reverse:', [[1, 2]])),
    ?assertMatch(#{isOk := true, okValue := 1}, ?send({'$erlang', maps}, 'find:with:', [a, #{a => 1}])),
    ?assertMatch(#{isOk := false, errReason := nil}, ?send({'$erlang', maps}, 'find:with:', [b, #{a => 1}])),
    Missing = caught(fun() -> ?send({'$erlang', lists}, 'revers:', [[]]) end),
    ?assertMatch(#{'__class__' := 'bt@stdlib@BEAMError', message := <<"Erlang function lists:revers/1 is not defined">>, hint := <<"Did you mean lists:reverse?">>}, Missing),
    ?assertMatch(#{message := <<"Erlang module 'nomodule' not found, calling nomodule:f/0">>}, caught(fun() -> ?send({'$erlang', nomodule}, f, []) end)),
    ?assertEqual(<<"#ErlangModule<lists>">>, ?send({'$erlang', lists}, printString, [])).

reflection() ->
    Counter = beamtalk_stand_in:class('Counter'),
    ?assertEqual(beamtalk_stand_in:class('Actor'), ?send(Counter, superclass, [])),
    ?assertEqual([value], ?send(Counter, fieldNames, [])),
    ?assertEqual(true, ?send(Counter, 'includesSelector:', [increment])),
    ?assertEqual(false, ?send(Counter, 'includesSelector:', [stop])),
    ?assertEqual(true, ?send(Counter, 'canUnderstand:', [stop])),
    ?assertMatch(#{selector := increment, argumentCount := 0}, ?send(Counter, '>>', [increment])),
    ?assertEqual(nil, ?send(Counter, '>>', [nothing])),
    ?assertEqual([beamtalk_stand_in:class('Child')], ?send(beamtalk_stand_in:class('Parent'), subclasses, [])),
    ?assertEqual(true, ?send(1, 'respondsTo:', ['+'])),
    ?assertEqual(true, ?send(Counter, 'respondsTo:', [spawn])),
    ?assertEqual(false, ?send(1, 'respondsTo:', [spawn])),
    ?assertEqual({'$metaclass', 'bt@test@Counter'}, ?send(Counter, class, [])),
    ?assertEqual({'ok', 'bt@test@Counter'}, beamtalk_registry:lookup('Counter')),
    ?assertMatch(#{message := <<"Class 'Nowhere' not found">>}, caught(fun() -> beamtalk_registry:class_named('Nowhere') end)).

class_state() ->
    Till = beamtalk_stand_in:class('Till'),
    Test = self(),
    [spawn(fun() -> [?send(Till, open, []) || _ <- lists:seq(1, 50)], Test ! done end) || _ <- lists:seq(1, 4)],
    [receive done -> ok end || _ <- lists:seq(1, 4)],
    ?assertEqual(200, beamtalk_class_state:get(Till, opened)),
    ?assertEqual(inner, beamtalk_class_state:locked(Till, fun() -> beamtalk_class_state:locked(Till, fun() -> inner end) end)).

blocks() ->
    ?assertMatch(#{kind := arity_mismatch, message := <<"block expects 2 but was called with 1">>}, caught(fun() -> ?send(fun(A, B) -> {A, B} end, 'value:', [1]) end)),
    ?assertMatch(#{kind := arity_mismatch, message := <<"block expects 1 but was called with 0">>}, caught(fun() -> F = fun(A) -> A end, apply(F, []) end)),
    Token = beamtalk_block:enter(),
    ?assertThrow({'$bt_return', Token, 5}, beamtalk_block:return(Token, 5)),
    beamtalk_block:leave(Token),
    ?assertMatch(#{kind := non_local_return_error}, caught(fun() -> beamtalk_block:return(Token, 5) end)),
    Cell = beamtalk_cell:new(undefined),
    ?assertEqual(undefined, beamtalk_cell:get(Cell)),
    beamtalk_cell:put(Cell, 3),
    ?assertEqual(3, beamtalk_cell:get(Cell, 0)),
    ok = beamtalk_cell:free([Cell]),
    ?assertEqual(0, beamtalk_cell:get(Cell, 0)).

fixtures() ->
    Test = #{'__class__' => 'bt@test@Point', x => 0},
    {Answer, After} = begin
        put('$bt_fixture', Test),
        A = beamtalk_fixture:enter(Test, fun() -> beamtalk_fixture:set_field(Test, x, 1), beamtalk_fixture:field(Test, x) end),
        {A, erase('$bt_fixture')}
    end,
    ?assertEqual({1, Test#{x := 1}}, {Answer, After}),
    ?assertEqual(2, beamtalk_fixture:enter(Test, fun() -> beamtalk_fixture:set_field(Test, x, 2) end)),
    ?assertEqual(undefined, get('$bt_fixture')).

bindings() ->
    beamtalk_binding:set(total, undefined),
    ?assertEqual(undefined, beamtalk_binding:get(total)),
    ?assertMatch(#{message := <<"Undefined variable: totl">>, hint := <<"Did you mean total?">>}, caught(fun() -> beamtalk_binding:get(totl) end)),
    ?assertEqual(beamtalk_stand_in:class('Counter'), beamtalk_binding:get('Counter')),
    ?assertMatch(#{message := <<"Class 'Nothing' not found">>}, caught(fun() -> beamtalk_binding:get('Nothing') end)),
    beamtalk_binding:erase(total).

builder() ->
    Class = beamtalk_class_builder:build(#{
        className => 'Pair',
        superclass => beamtalk_stand_in:class('Value'),
        fields => #{left => 1, size => 2},
        methods => #{double => fun(Me) -> 2 * ?send(Me, left, []) end, 'plus:' => fun(Me, N) -> maps:get(left, Me) + N end},
        classMethods => #{one => fun(_) -> 1 end}
    }),
    ?assertEqual(<<"Pair">>, beamtalk_print:print_string(Class)),
    Pair = ?send(Class, 'left:size:', [5, 6]),
    ?assertEqual(10, ?send(Pair, double, [])),
    ?assertEqual(8, ?send(Pair, 'plus:', [3])),
    ?assertEqual(6, ?send(Pair, size, [])),
    ?assertEqual(7, ?send(?send(Pair, 'withLeft:', [7]), left, [])),
    ?assertEqual(<<"Pair(left: 5, size: 6)">>, ?send(Pair, printString, [])),
    ?assertEqual(1, ?send(Class, one, [])),
    ?assertEqual(2, ?send(?send(Class, new, []), double, [])),
    ?assertMatch(#{kind := already_exists}, caught(fun() -> beamtalk_class_builder:build(#{className => 'Counter'}) end)),
    ?assertMatch(#{kind := no_source_file, message := <<"Pair has no source file ", _/binary>>}, caught(fun() -> beamtalk_behaviour:reload(Class) end)).
