%% @doc A test class as the compiler would make it, for the tests of the runner.
-module(beamtalk_sample_case).

-export(['$meta'/0, '$defaults'/0, '$send'/3, '$csend'/3]).

'$meta'() ->
    #{name => 'SampleCase', super => nil, kind => testCase, file => <<"test/SampleCase.bt">>,
      methods => [#{selector => S, arity => 0} || S <- [setUp, testGood, testBad, testHangs]]}.

'$defaults'() ->
    #{value => 0}.

'$send'(setUpOnce, _Self, []) ->
    shared;
'$send'(tearDownOnce, _Self, []) ->
    nil;
'$send'(setUp, Self, []) ->
    Self#{value := 1};
'$send'(tearDown, _Self, []) ->
    case get(torn_down) of
        undefined -> nil;
        Pid -> Pid ! {torn_down, get('$bt_fixture')}
    end;
'$send'(testGood, #{value := 1}, []) ->
    shared = get('$bt_suite_fixture'),
    put('$bt_assertions', 3);
'$send'(testBad, _Self, []) ->
    error(#{'__class__' => beamtalk_sample_case, kind => assertion_failed,
            message => <<"expected 1, got 2">>, details => #{expected => 1, actual => 2}});
'$send'(testSkipped, _Self, []) ->
    error(#{'__class__' => beamtalk_sample_case, kind => test_skipped, message => <<"later">>});
'$send'(testRaises, _Self, []) ->
    error(#{'__class__' => beamtalk_sample_case, kind => user_error, message => <<"no">>,
            hint => <<"try again">>});
'$send'(testHangs, _Self, []) ->
    receive never -> ok end;
'$send'(testDies, _Self, []) ->
    exit(self(), kill),
    receive never -> ok end;
'$send'(testSpawns, _Self, []) ->
    Test = whereis(beamtalk_sample_observer),
    Child = spawn(fun() ->
        Grandchild = spawn(fun() -> receive never -> ok end end),
        Test ! {spawned, [self(), Grandchild]},
        receive never -> ok end
    end),
    is_pid(Child);
'$send'(testPrints, _Self, []) ->
    io:put_chars("printed\n").

'$csend'(serial, _Class, []) ->
    true.
